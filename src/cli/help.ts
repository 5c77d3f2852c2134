import { type Command, Help, Option } from "commander";

/** A command line in a help text, and what it is for. */
export type Example = readonly [command: string, purpose?: string];

/** The help of a command beyond its arguments and options. */
export interface HelpText {
  /**
   * Options that the help shows, by their long names, under the headings where they stand. An option that is named nowhere is rare: it is
   * shown by `--help-all` alone, under the heading of the option that was added before it. Without groups there are no rare options.
   */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Paragraphs below the options. */
  readonly notes?: readonly string[];
  readonly examples?: readonly Example[];
}

/** The columns of a help text where no terminal says how many there are. */
const COLUMNS = 100;

/** Text is not squeezed into fewer columns than these. */
const LEAST_COLUMNS = 24;

/** The indent of a purpose below its command. */
const BELOW = 6;

/** The most of the width that commands of examples take beside their purposes. */
const COMMAND_SHARE = 0.58;

const texts = new WeakMap<Command, HelpText>();
const rare = new WeakSet<Option>();
/** The index of each option's heading among the headings of its command. */
const headingIndices = new WeakMap<object, number>();
/** Commands whose help shows all of their options, as `--help-all` asks. */
const withAllOptions = new WeakSet<Command>();

/** Makes the program and its commands show help texts as this module lays them out. */
export function layOutHelp(program: Command, columns: number | undefined): void {
  program.configureHelp({
    helpWidth: columns ?? COLUMNS,
    minWidthToWrap: LEAST_COLUMNS,
    visibleOptions: (command) => {
      const options = new Help().visibleOptions(command);
      return withAllOptions.has(command) ? options : options.filter((option) => !rare.has(option));
    },
    // Those of the whole program: commands inside others have the options of these too, and name them themselves.
    visibleGlobalOptions: (command) => (withAllOptions.has(command) ? [...program.options] : []),
    showGlobalOptions: true,
    // Choices and defaults stand in the descriptions.
    optionDescription: ({ description }) => description,
    groupItems(items, visible, headingOf) {
      const placeOf = (item: (typeof items)[number]) => headingIndices.get(item) ?? 0;
      const ordered = [...items].sort((a, b) => placeOf(a) - placeOf(b));
      return new Help().groupItems(ordered, visible, headingOf);
    },
    formatHelp(command, helper) {
      const formatted = Help.prototype.formatHelp.call(this, command, helper).trimEnd();
      return `${[formatted, ...sections(texts.get(command) ?? {}, helper)].join("\n\n")}\n`;
    },
  });
}

/** Gives a command the help text that goes with its arguments and options, all of which have been added. */
export function addHelp(command: Command, text: HelpText): Command {
  texts.set(command, text);
  const { groups } = text;
  if (groups === undefined) return command;
  const headings = Object.keys(groups);
  let heading = headings[0];
  for (const option of command.options) {
    const named = headings.find((each) => groups[each].includes(option.long ?? ""));
    if (named === undefined) rare.add(option);
    heading = named ?? heading;
    headingIndices.set(option.helpGroup(heading), headings.indexOf(heading));
  }
  const count = command.options.filter((option) => rare.has(option) && !option.hidden).length;
  const helps = [
    new Option("-h, --help", "this help"),
    new Option("--help-all", `this help with ${count} more options, which few need`),
  ] as const;
  for (const option of helps) headingIndices.set(option.helpGroup(headings[headings.length - 1]), headings.length - 1);
  command.addHelpOption(helps[0]).addOption(helps[1]);
  return command.on("option:help-all", () => {
    withAllOptions.add(command);
    command.help();
  });
}

/** The examples of a command's help. */
export function examplesOf(command: Command): readonly Example[] {
  return texts.get(command)?.examples ?? [];
}

function sections({ notes = [], examples = [] }: HelpText, helper: Help): string[] {
  const width = helper.helpWidth ?? COLUMNS;
  const paragraphs = notes.map((note) => helper.boxWrap(note, width));
  return examples.length === 0 ? paragraphs : [...paragraphs, exampleLines(examples, width, helper)];
}

/** Examples with their purposes beside them, or below commands that are too long for that. */
function exampleLines(examples: readonly Example[], width: number, helper: Help): string {
  const isShort = (command: string) => command.length + 4 <= COMMAND_SHARE * width;
  const column = Math.max(
    ...examples.map(([command, purpose]) => (purpose && isShort(command) ? command.length + 4 : 0)),
  );
  const lines = examples.flatMap(([command, purpose]) => {
    if (purpose === undefined) return [`  ${command}`];
    const indent = isShort(command) ? column : BELOW;
    const wrapped = helper.boxWrap(purpose, width - indent).split("\n");
    const [first, ...rest] = wrapped.map((line) => " ".repeat(indent) + line);
    if (indent === BELOW) return [`  ${command}`, first, ...rest];
    return [`  ${command}`.padEnd(column) + first.slice(column), ...rest];
  });
  return ["Examples:", ...lines].join("\n");
}
