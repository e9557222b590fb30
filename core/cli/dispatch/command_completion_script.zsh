#compdef loam
# "loam metadata page zsh" prints it
_loam() {
    local here= word offer= i
    local -a commands flags settings found
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
        case "$here $word" in
        @commands@) here="${here:+$here }$word" ;;
        esac
    done
    case $here in
    '')
    # @command_cases@
    esac
    case $PREFIX in
    -*=*)
        word=${${PREFIX%%=*}/#--/-}
        compset -P '*='
        offer=
        case $word in
        @file_options@) offer=files ;;
        @address_options@) offer=addresses ;;
        # @value_cases@
        esac
        ;;
    -*)
        [[ $PREFIX == --* ]] && compset -P -
        _describe -o option flags
        _describe -o option settings -S ''
        return
        ;;
    *)
        (( $#commands )) && _describe command commands
        ;;
    esac
    case $offer in
    files) _files ;;
    addresses)
        found=(${(f)"$(loam state list 2>/dev/null)"})
        compadd -a found
        ;;
    esac
}
if [ "$funcstack[1]" = _loam ]; then
    _loam "$@"
else
    compdef _loam loam
fi
