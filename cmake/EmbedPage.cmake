# cmake -DPAGE=FOLDER -DOUT=FILE.cpp [-DHTML=FILE] -P EmbedPage.cmake
# Makes one page of the dashboard's parts, and a C++ file of it with its Content-Security-Policy: the
# hashes in there let run what was embedded and nothing else.
file(READ "${PAGE}/page.html" page)
file(READ "${PAGE}/style.css" style)
set(script "'use strict';\n")
# In the order in which they use each other.
foreach(part quantity trouble dom session plot cards failures page)
  file(READ "${PAGE}/${part}.js" text)
  string(APPEND script "${text}")
endforeach()
if("${style}${script}" MATCHES "</(style|script)")
  message(FATAL_ERROR "a closing tag within the dashboard's style or script would end it")
endif()

# The SHA-256 of `text` in base64, made of its 64 hexadecimal digits: three of them are two letters.
function(hash_in_base64 text out)
  set(letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 digits "${text}")
  set(result "")
  foreach(at RANGE 0 60 3)
    string(SUBSTRING "${digits}" ${at} 3 three)
    math(EXPR high "0x${three} >> 6")
    math(EXPR low "0x${three} & 63")
    string(SUBSTRING "${letters}" ${high} 1 first)
    string(SUBSTRING "${letters}" ${low} 1 second)
    string(APPEND result "${first}${second}")
  endforeach()
  string(SUBSTRING "${digits}" 63 1 rest)
  math(EXPR rest "0x${rest} << 2")
  string(SUBSTRING "${letters}" ${rest} 1 last)
  set(${out} "${result}${last}=" PARENT_SCOPE)
endfunction()

hash_in_base64("${style}" style_hash)
hash_in_base64("${script}" script_hash)
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")
string(CONCAT policy
  "default-src 'none'; script-src 'sha256-${script_hash}'; style-src 'sha256-${style_hash}'; "
  "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

if(HTML)
  file(WRITE "${HTML}" "${page}")
  file(WRITE "${HTML}.csp" "${policy}")
endif()
if(OUT)
  file(WRITE "${OUT}" "// Made by cmake/EmbedPage.cmake of proxy/admin/page.
#include \"proxy/admin/dashboard_page.h\"

namespace poise::admin {

const std::string_view kDashboardPage = R\"poise(${page})poise\";
const std::string_view kDashboardPolicy = R\"poise(${policy})poise\";

}  // namespace poise::admin
")
endif()
