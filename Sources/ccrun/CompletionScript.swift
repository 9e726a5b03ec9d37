/// The shells' halves of completion: each asks `ccrun __complete` and hands the answer on.
///
/// They call the ccrun that was typed, so that a path completes as that program would.
enum CompletionScript {
    static func text(for shell: CompletionShell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// For bash 3.2 and later (`compopt` came with 4.0, its `nosort` with 4.4).
    ///
    /// Readline parts words at the `:` and `=` of COMP_WORDBREAKS, which ccrun does not: they are
    /// joined again by where they stand in the line, and what readline keeps is cut off the answers.
    private static let bash = #"""
        # bash completion for ccrun: eval "$(ccrun completion bash)"

        _ccrun() {
            local program rest=${COMP_LINE:0:COMP_POINT} index word line kept='' words=()
            program=$(type -P -- "${1/#\~\//$HOME/}") || program=ccrun

            for ((index = 0; index <= COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                if [[ $index == 0 || $rest == [[:space:]]* ]]; then
                    rest=${rest#"${rest%%[![:space:]]*}"}
                    words+=("")
                fi
                # The last word goes as far as the cursor.
                [[ $index != "$COMP_CWORD" ]] || word=$rest
                words[${#words[@]} - 1]+=$word
                rest=${rest#"$word"}
            done
            word=${words[${#words[@]} - 1]}
            case $word in
                [\"\']*) ;;
                *) [[ $COMP_WORDBREAKS != *[:=]* ]] || kept=${word%"${word##*[:=]}"} ;;
            esac

            COMPREPLY=()
            while IFS= read -r line; do
                case $line in
                    *$'\t'*)
                        line=${line%%$'\t'*}
                        line=${line#"$kept"}
                        [[ $word == [\"\']* ]] || printf -v line %q "$line"
                        COMPREPLY+=("$line")
                        ;;
                    files) compopt -o default 2>/dev/null ;;
                    folders) compopt -o dirnames 2>/dev/null ;;
                esac
            done < <("$program" __complete bash "${words[@]:1}" 2>/dev/null)
            compopt -o nosort 2>/dev/null
        }

        complete -F _ccrun ccrun

        """#

    /// Both for `site-functions`, where it is `_ccrun`, and for eval.
    private static let zsh = #"""
        #compdef ccrun
        # zsh completion for ccrun: eval "$(ccrun completion zsh)", behind compinit

        _ccrun() {
            local program=${${(Q)words[1]}/#\~\//$HOME/} line
            local -a answers
            (( $+commands[$program] )) || [[ $program == */* && -x $program ]] || program=ccrun

            for line in "${(@f)$("$program" __complete zsh \
                "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
                case $line in
                    *$'\t'*)
                        # _describe parts a word and its description at the first bare colon.
                        answers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
                    files) compset -P '--*='; _files; return ;;
                    folders) compset -P '--*='; _files -/; return ;;
                esac
            done
            _describe -V 'ccrun' answers
        }

        if [[ ${funcstack[1]} == _ccrun ]]; then
            _ccrun "$@"
        else
            compdef _ccrun ccrun
        fi

        """#

    private static let fish = #"""
        # fish completion for ccrun: ccrun completion fish | source

        function __ccrun_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
            command -q -- $program; or set program ccrun

            for line in ($program __complete fish $words[2..-1] "$current" 2>/dev/null)
                if string match -q "*"\t"*" -- $line
                    printf '%s\n' $line
                    continue
                end
                set -l option (string match -r '^--[^=]*=' -- $current)
                set -l path (string replace -- "$option" '' $current)
                switch $line
                    case files
                        printf "$option%s\n" (__fish_complete_path $path)
                    case folders
                        printf "$option%s\n" (__fish_complete_directories $path '')
                end
            end
        end

        complete -c ccrun -f -k -a '(__ccrun_complete)'

        """#
}
