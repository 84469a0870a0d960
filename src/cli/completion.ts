// Completion scripts of shells, made from the commands themselves.
import type { Command } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A command by the words that lead to it; none for the program itself. */
interface Place {
  readonly path: readonly string[];
  readonly about: string;
  readonly commands: readonly string[];
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly about: string;
    readonly choices: readonly string[];
  }[];
}

function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command).map(({ short, long, description, argChoices }) => ({
    flags: [short, long].filter((flag) => flag !== undefined),
    about: description,
    choices: argChoices ?? [],
  }));
  const commands = help.visibleCommands(command).filter((one) => one.name() !== "help");
  const own = { path, about: command.description(), commands: commands.map((one) => one.name()), options };
  return [own, ...commands.flatMap((one) => placesOf(one, [...path, one.name()]))];
}

const scripts: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: bashScript,
  zsh: (places) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(places)}`,
  fish: fishScript,
};

export const completionScript = (program: Command, shell: Shell): string => scripts[shell](placesOf(program));

/** Where nothing of the script's fits, the shell completes file names. */
function bashScript(places: readonly Place[]): string {
  const key = (path: readonly string[]): string => path.map((word) => ` ${word}`).join("");
  const steps = places.filter(({ path }) => path.length > 0).map(({ path }) => key(path));
  const values = places.flatMap(({ path, options }) =>
    options.flatMap(({ flags, choices }) =>
      choices.length === 0
        ? []
        : [`    ${flags.map((flag) => `"${key(path)}:${flag}"`).join("|")}) words="${choices.join(" ")}";;`],
    ),
  );
  const words = places.map(
    ({ path, commands, options }) =>
      `    "${key(path)}") words="${[...commands, ...options.flatMap(({ flags }) => flags)].join(" ")}";;`,
  );
  return `_inception() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" place="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
      ${steps.map((step) => `"${step}"`).join("|")}) place="$place $word";;
    esac
  done
  case "$place:$prev" in
${values.join("\n")}
  esac
  if [ -z "$words" ]; then
    case "$place" in
${words.join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _inception inception
`;
}

function fishScript(places: readonly Place[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const within = (path: readonly string[]): string =>
    path.length === 0
      ? "__fish_use_subcommand"
      : path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
  const lines = places.flatMap(({ path, about, options }) => {
    const at = `complete -c inception -n ${quoted(within(path))}`;
    const above = `complete -c inception -n ${quoted(within(path.slice(0, -1)))}`;
    const command = path.length === 0 ? [] : [`${above} -a ${path.at(-1)} -d ${quoted(about)}`];
    const own = options.map(({ flags, about, choices }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : "";
      return `${at} ${names.join(" ")}${values} -d ${quoted(about)}`;
    });
    return [...command, ...own];
  });
  return `${lines.join("\n")}\n`;
}
