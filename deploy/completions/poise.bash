# bash completion for poise: source it, or install it as
# /usr/share/bash-completion/completions/poise. It asks poise itself what there is (--help), so it
# knows the commands and options of whatever version is installed.

# Words that a help text lists at the left: commands (in the section SUBCOMMANDS), or options.
_poise_listed() {
  local kind=$1 section='' line word
  shift
  while IFS= read -r line; do
    case $line in
      [![:space:]]*) section=${line%%:*} ;;
      "  "[![:space:]]*)
        line=${line#"${line%%[![:space:]]*}"}
        if [[ $kind == commands && ${section,,} == subcommands ]]; then
          printf '%s\n' "${line%%[[:space:]]*}"
        elif [[ $kind == options && $line == -* ]]; then
          line=${line%%[[:space:]]*}
          for word in ${line//,/ }; do printf '%s\n' "$word"; done
        fi
        ;;
    esac
  done < <("$@" --help 2>/dev/null)
}

_poise() {
  local program=$1 current=$2 previous=$3 command='' word words=''
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && continue
    command=$word
    break
  done
  case $previous in
    -c | --config)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
  esac
  if [[ -z $command ]]; then
    words=$(_poise_listed commands "$program"; _poise_listed options "$program")
  else
    words=$(_poise_listed options "$program" "$command")
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _poise poise
