# fish completion for loam; "loam metadata page fish" prints it
function __loam_at
    set -l here ''
    for word in (commandline -opc)[2..-1]
        switch "$here $word"
            case @commands@
                set here (string trim "$here $word")
        end
    end
    test "$here" = "$argv"
end
complete -c loam -f
