// Numbers of the PROXY protocol that its reader and its writer share.
#pragma once

#include <cstdint>
#include <string_view>

namespace poise::net::proxy_wire {

using namespace std::string_view_literals;

inline constexpr std::string_view kV1Word = "PROXY";
inline constexpr std::size_t kV1Most = 107;  // with its CRLF
inline constexpr std::string_view kV2Signature = "\r\n\r\n\0\r\nQUIT\n"sv;
inline constexpr std::size_t kV2Fixed = 16;

inline constexpr std::uint8_t kLocal = 0x20;  // version and command
inline constexpr std::uint8_t kProxy = 0x21;

enum Family : std::uint8_t { kUnspecified = 0, kInet = 1, kInet6 = 2, kUnix = 3 };
inline constexpr std::uint8_t kStream = 1;
inline constexpr std::uint8_t kDatagram = 2;
inline constexpr std::size_t kInetBytes = 12;
inline constexpr std::size_t kInet6Bytes = 36;
inline constexpr std::size_t kUnixPath = 108;
inline constexpr std::size_t kUnixBytes = 2 * kUnixPath;

enum Tlv : std::uint8_t { kAlpn = 0x01, kAuthority = 0x02, kCrc32c = 0x03, kUniqueId = 0x05 };
inline constexpr std::size_t kTlvFixed = 3;
inline constexpr std::size_t kMostUniqueId = 128;

}  // namespace poise::net::proxy_wire
