// What each shell runs to complete `warren`: it asks `warren complete`, one candidate per line, with its
// description behind a tab.

export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# warren completion for bash. Put into ~/.bashrc: eval "$(warren completion bash)"
_warren() {
  local IFS=$'\\n'
  # A colon splits words for readline; here it belongs to a name.
  COMPREPLY=($(warren complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _warren warren
`,
  zsh: `#compdef warren
# warren completion for zsh. Put into ~/.zshrc: eval "$(warren completion zsh)"
_warren() {
  local -a candidates
  local line
  for line in "\${(@f)$(warren complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#candidates} )); then _describe 'warren' candidates; else _files; fi
}
compdef _warren warren
`,
  fish: `# warren completion for fish. Put into ~/.config/fish/config.fish: warren completion fish | source
function __warren_complete
  set -l words (commandline -opc)
  warren complete -- $words[2..] (commandline -ct) 2>/dev/null
end
complete -c warren -f -a '(__warren_complete)'
`,
};
