// Writes docs/OPTIONS.md, a table of all options, from their schemas and the doc comments that stand there; with --print to the
// terminal. `npm run docs:options` builds what it needs.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMMAND_HELP } from "../build/command-help.js";
import { COMMAND_OPTIONS } from "../dist/cli/command-options.js";
import { describeOptions, OPTION_GROUPS, optionTypes } from "../dist/describe-options.js";
import { describeSchema } from "../dist/options/describe.js";
import { flagName } from "../dist/options/names.js";

const FILE = fileURLToPath(new URL("../docs/OPTIONS.md", import.meta.url));

/** The document's text. */
function optionsDocument() {
  const groups = OPTION_GROUPS.map((group) => {
    const types = optionTypes(group).map((type) => ({ type, rows: describeOptions(group, type).map(rowOf) }));
    const shared =
      types.length === 1 ? [] : types[0].rows.filter((row) => types.every(({ rows }) => rows.includes(row)));
    const own = types.map(({ type, rows }) => ({ type, rows: rows.filter((row) => !shared.includes(row)) }));
    const bare = own.filter(({ rows }) => rows.length === 0).map(({ type }) => `\`${type}\``);
    return [
      `## ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      ...(shared.length > 0 ? ["All of them have:", tableOf(shared)] : []),
      ...(bare.length > 0 ? [`Without options of their own: ${bare.join(", ")}.`] : []),
      ...own.filter(({ rows }) => rows.length > 0).flatMap(({ type, rows }) => [`### ${type}`, tableOf(rows)]),
    ].join("\n\n");
  });
  return `# Options

Made by \`npm run docs:options\` from the schemas in \`src\`, of which the checks, the types, the command line and the page's forms are made, too.
Options that are undefined or null count as not given.

${groups.join("\n\n")}

## Command line

Numbers that only one command takes.

${commandTables().join("\n\n")}
`;
}

/** The options of commands, each with its heading. */
function commandTables() {
  return Object.entries(COMMAND_OPTIONS).flatMap(([command, schema]) => {
    const words = command.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const rows = describeSchema(schema, COMMAND_HELP[command]).map(({ key, ...option }) => ({
      ...option,
      key: flagName(key),
    }));
    return [`### convasm ${words}`, tableOf(rows.map(rowOf))];
  });
}

/** A line of the table. */
function rowOf({ key, help, formats, wanted, default: fallback, isRequired }) {
  if (!help) throw new Error(`option ${key}: expected a line of help, got none; npm run build:option-help makes them`);
  const given = isRequired ? "required" : fallback === undefined ? "" : `\`${JSON.stringify(fallback)}\``;
  return `| \`${key}\` | ${[formats === undefined ? help : `${formats.join(", ")}: ${help}`, wanted].map((text) => text.replaceAll("|", "\\|")).join(" | ")} | ${given} |`;
}

function tableOf(rows) {
  return ["| option | meaning | values | default |", "|---|---|---|---|", ...rows].join("\n");
}

if (process.argv.includes("--print")) process.stdout.write(optionsDocument());
else writeFileSync(FILE, optionsDocument());
