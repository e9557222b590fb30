# shellcheck disable=SC1007,SC2195 # empty values; words in @ stand for generated text
# bash completion for loam; "loam metadata page bash" prints it
_loam() {
    local cur=${COMP_WORDS[COMP_CWORD]} last= here= word i
    local options= commands= offer=
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
        =) continue ;;
        -*) last=${word/#--/-} ;;
        *) [ "${COMP_WORDS[i - 1]}" = = ] || last= ;;
        esac
        case "$here $word" in
        @commands@) here="${here:+$here }$word" ;;
        esac
    done
    case $here in
    # @command_cases@
    esac
    if [ "$cur" = = ]; then
        cur=
    elif [ "${COMP_WORDS[COMP_CWORD - 1]}" != = ]; then
        last=
    fi
    case $last in
    @file_options@) options= commands= offer=files ;;
    @address_options@) options= commands= offer=addresses ;;
    # @value_cases@
    -*) return ;;
    esac
    local words=$commands
    if [[ $cur == --* ]]; then
        words=${options// -/ --}
    elif [[ $cur == -* ]]; then
        words=$options
    elif [ "$offer" = addresses ]; then
        words+=" $(loam state list 2>/dev/null)"
    elif [ "$offer" = files ]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    [[ ${COMPREPLY[0]} == *[=:] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _loam loam
