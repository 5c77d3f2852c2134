// Takes wasm files apart into streams of one kind of number each, which pack a quarter smaller than instructions as they stand.
// `src/engine/wasm-streams.ts` puts them together again, and says how they lie.

/** Streams by number, as in `src/engine/wasm-streams.ts`. What has no name there is numbers that are copied. */
const HEAD = 0;
const INSTRUCTION = 1;
const BYTE = 2;
const GET = 3;
const SET = 4;
const CONSTANT = 5;
const TARGET = 6;
const OFFSET = 7;
const STREAMS = 8;

const EXPORT_SECTION = 7;
const CODE_SECTION = 10;
const DATA_SECTION = 11;
/** The kind of an export that is a function. */
const FUNCTION = 0;
const UNREACHABLE = 0x00;
const END = 0x0b;
const CONST = 0x41;
const CALL = 0x10;
/** The name of the export that is the memory: in the list that `joinStreams` is given, it stands behind the kernels in order. */
const MEMORY = "memory";
/** The key of the `end` of a function, which is told apart from that of a block. */
const LAST = "last";

/** Instructions by which strict and relaxed files differ: f32x4.mul and f32x4.add in place of f32x4.relaxed_madd. */
const MUL = [0xfd, 0xe6, 0x01].join();
const ADD = [0xfd, 0xe4, 0x01].join();
const MADD = [0xfd, 0x85, 0x02].join();

/**
 * Files in one. Of each, for one engine or for a strict and a relaxed one: the second then takes next to nothing, as both have the
 * same instructions but for multiply-adds.
 *
 * @param files for each of them the file of each engine
 * @param isWanted says by its name whether an export is kept; functions that only others call become empty
 * @param isKnown says whether who puts the files together knows a kernel's name; default all
 */
export function streamsOf(files, isWanted = () => true, isKnown = () => true) {
  const groups = files.map((engines) => engines.map((file) => partsOf(file, isWanted)));
  const streams = Array.from({ length: STREAMS }, () => []);
  // The first instruction is the one that ends a function.
  const instructions = new Map([[LAST, { codes: files[0].map(() => [END]), immediates: [], index: 0 }]]);
  for (const sources of groups) {
    const functions = sources[0].bodies.length;
    if (sources.some(({ bodies }) => bodies.length !== functions))
      throw new Error("expected files with the same functions");
    for (let i = 0; i < functions; i++) {
      takeApart(
        sources.map(({ bodies }) => bodies[i]),
        streams,
        instructions,
      );
    }
  }
  const names = [...new Set(groups.flatMap(([{ names }]) => names))].filter(isKnown).sort();
  if (names.length > 0xff) throw new Error("expected at most 255 kernels");
  names.push(MEMORY);

  const head = [];
  const list = (bytes) => {
    number(head, bytes.length);
    head.push(...bytes);
  };
  number(head, files[0].length);
  number(head, instructions.size);
  for (const { codes, immediates } of instructions.values()) {
    codes.forEach(list);
    list(immediates);
  }
  number(head, groups.length);
  for (const sources of groups) {
    for (const { start, exported, middle, end } of sources) {
      list(start);
      number(head, exported.length);
      for (const { text, kind, index } of exported) head.push(names.indexOf(text), kind, ...index);
      list(middle);
      list(end);
    }
    number(head, sources[0].bodies.length);
  }
  streams[HEAD].unshift(...head);

  const contents = [];
  number(contents, STREAMS);
  for (const { length } of streams) number(contents, length);
  return Uint8Array.from([...contents, ...streams.flat()]);
}

/** A file's functions without their sizes, its exports, the names of all its kernels, and what is before, between and behind them. */
function partsOf(wasm, isWanted) {
  let start;
  let exported;
  let names;
  let from = 0;
  for (let section = reader(wasm, 8); section.at < wasm.length; ) {
    const begin = section.at;
    const id = section.byte();
    const size = section.number();
    const end = section.at + size;
    if (id === EXPORT_SECTION) {
      start = wasm.subarray(0, begin);
      const all = exportsOf(section);
      exported = all.filter(({ text }) => isWanted(text));
      names = all.map(({ text }) => text).filter((text) => text !== MEMORY);
      from = end;
    }
    if (id === CODE_SECTION && start !== undefined) {
      const functions = section.number();
      const all = Array.from({ length: functions }, () => section.take(section.number()));
      const bodies = all.map(emptyUnless(calledFunctions(all, exported)));
      const middle = [...wasm.subarray(from, begin), ...codeHeader(bodies)];
      return { start, exported, names, middle, bodies, end: withoutUnused(wasm.subarray(end), numbersOf(bodies)) };
    }
    section.at = end;
  }
  throw new Error("expected a wasm file with exports and functions");
}

/** A file's exports. */
function exportsOf(section) {
  return Array.from({ length: section.number() }, () => ({
    text: Buffer.from(section.take(section.number())).toString(),
    kind: section.byte(),
    index: [...section.numberBytes()],
  }));
}

/** The functions that exports lead to, by their numbers: no file imports any. */
function calledFunctions(bodies, exported) {
  const numberOf = (bytes) => reader(Uint8Array.from(bytes), 0).number();
  const called = new Set(exported.filter(({ kind }) => kind === FUNCTION).map(({ index }) => numberOf(index)));
  for (const at of called) {
    const source = reader(bodies[at], 0);
    localsOf(source);
    for (const { codes, values } of itemsOf(source)) if (codes[0][0] === CALL) called.add(numberOf(values[0]));
  }
  return called;
}

/** All numbers in functions that may be addresses, or what is added to one. */
function numbersOf(bodies) {
  const numbers = new Set();
  for (const body of bodies) {
    const source = reader(body, 0);
    localsOf(source);
    for (const { immediates, values } of itemsOf(source)) {
      immediates.forEach((stream, i) => {
        if (stream === CONSTANT || stream === OFFSET) numbers.add(reader(Uint8Array.from(values[i]), 0).number());
      });
    }
  }
  return numbers;
}

/** The bytes behind a file's functions, with zeros in place of the tables to which none of the numbers points. */
function withoutUnused(end, numbers) {
  const copy = Uint8Array.from(end);
  for (let section = reader(copy, 0); section.at < copy.length; ) {
    const id = section.byte();
    const next = section.number() + section.at;
    for (let left = id === DATA_SECTION ? section.number() : 0; left > 0; left--) {
      const kind = section.byte();
      if (kind !== 0 || section.byte() !== CONST) throw new Error("expected tables at fixed addresses");
      const first = section.number();
      if (section.byte() !== END) throw new Error("expected tables at fixed addresses");
      const table = section.take(section.number());
      if (![...numbers].some((each) => each >= first && each < first + table.length)) table.fill(0);
    }
    section.at = next;
  }
  return copy;
}

/** The beginning of the section of functions: its size, and their number. */
function codeHeader(bodies) {
  const count = [];
  number(count, bodies.length);
  const sizes = [];
  for (const { length } of bodies) number(sizes, length);
  const header = [CODE_SECTION];
  number(
    header,
    bodies.reduce((sum, { length }) => sum + length, count.length + sizes.length),
  );
  return [...header, ...count];
}

function emptyUnless(called) {
  return (body, at) => (called.has(at) ? body : Uint8Array.of(0, UNREACHABLE, END));
}

/** Takes a function of each file apart. */
function takeApart(bodies, streams, instructions) {
  const sources = bodies.map((body) => reader(body, 0));
  const [locals, ...others] = sources.map(localsOf);
  if (others.some((other) => other.join() !== locals.join()))
    throw new Error("expected functions with the same locals");
  streams[HEAD].push(...locals);
  const recent = Array.from({ length: 256 }, (_, local) => local);
  for (const { key, codes, immediates, values } of aligned(...sources.map(itemsOf))) {
    if (!instructions.has(key)) instructions.set(key, { codes, immediates, index: instructions.size });
    streams[INSTRUCTION].push(instructions.get(key).index);
    immediates.forEach((stream, i) => {
      if (stream === GET || stream === SET) streams[stream].push(rank(recent, values[i]));
      else streams[stream].push(...values[i]);
    });
  }
  if (instructions.size > 256) throw new Error("expected at most 256 kinds of instructions");
}

/** The bytes of a function's locals: groups of how many, and their type. */
function localsOf(source) {
  const bytes = [...source.numberBytes()];
  for (let i = 2 * bytes[0]; i > 0; i--) bytes.push(...source.numberBytes());
  return bytes;
}

/** A function's instructions: a key of their kind, the code, the streams of what follows it, and that itself. */
function itemsOf(source) {
  const items = [];
  while (source.at < source.body.length) {
    const { code, immediates } = instructionAt(source);
    const key = source.at === source.body.length ? LAST : [code, immediates].join(";");
    const values = immediates.map((stream) => {
      if (stream === BYTE) return [source.byte()];
      return stream === GET || stream === SET ? source.number() : [...source.numberBytes()];
    });
    items.push({ key, codes: [code], immediates, values });
  }
  return items;
}

/** The instructions of one file, or those of two: what differs is an instruction with a code for each, one of which may be empty. */
function aligned(strict, relaxed) {
  if (relaxed === undefined) return strict;
  let at = 0;
  const items = strict.map((item) => {
    const other = relaxed[at];
    const [code] = item.codes;
    if (other !== undefined && other.key === item.key && String(other.values) === String(item.values)) {
      at++;
      return { ...item, codes: [code, code] };
    }
    if (code.join() === MUL) return { key: "mul", codes: [code, []], immediates: [], values: [] };
    if (code.join() !== ADD || other?.codes[0].join() !== MADD)
      throw new Error("expected files that differ in multiply-adds only");
    at++;
    return { key: "madd", codes: [code, other.codes[0]], immediates: [], values: [] };
  });
  if (at !== relaxed.length) throw new Error("expected files that differ in multiply-adds only");
  return items;
}

/** Number of other locals that were used since this one was, which is seldom large. */
function rank(recent, local) {
  const found = recent.indexOf(local);
  if (found < 0) throw new Error("expected at most 256 locals");
  recent.splice(found, 1);
  recent.unshift(local);
  return found;
}

/** The bytes by which an instruction is known, with what seldom differs (types of blocks, alignment), and the streams of the rest. */
function instructionAt(source) {
  const begin = source.at;
  const opcode = source.byte();
  const code = () => source.body.slice(begin, source.at);
  const result = (...immediates) => ({ code: Array.from(code()), immediates });
  switch (opcode) {
    case 0x02: // block, loop, if
    case 0x03:
    case 0x04:
      source.number();
      return result();
    case 0x0c: // br, br_if, call
    case 0x0d:
    case 0x10:
    case 0x23: // global.get, global.set
    case 0x24:
      return result(TARGET);
    case 0x0e: // br_table, call_indirect, select with types: no kernel has them
    case 0x11:
    case 0x1c:
      throw new Error(`expected instructions of kernels, got ${opcode.toString(16)}`);
    case 0x20: // local.get, local.set, local.tee
      return result(GET);
    case 0x21:
    case 0x22:
      return result(SET);
    case 0x3f: // memory.size, memory.grow
    case 0x40:
      source.number();
      return result();
    case 0x41: // i32.const, i64.const
    case 0x42:
      return result(CONSTANT);
    case 0x43: // f32.const
      return result(...Array(4).fill(BYTE));
    case 0x44: // f64.const
      return result(...Array(8).fill(BYTE));
    case 0xfc:
      return result(...miscellaneous(source.number()));
    case 0xfd:
      return result(...vector(source));
    default:
      if (opcode < 0x28 || opcode > 0x3e) return result();
      source.number();
      return result(OFFSET);
  }
}

function miscellaneous(operation) {
  if (operation < 8) return []; // conversions
  if (operation === 10) return [TARGET, TARGET]; // memory.copy
  if (operation === 11) return [TARGET]; // memory.fill
  throw new Error(`expected instructions of kernels, got fc ${operation.toString(16)}`);
}

function vector(source) {
  const operation = source.number();
  if (operation === 12 || operation === 13) return Array(16).fill(BYTE); // v128.const, i8x16.shuffle
  if (operation >= 21 && operation <= 34) return [BYTE]; // lanes
  const isAccess = operation <= 11 || (operation >= 84 && operation <= 93);
  if (!isAccess) return [];
  source.number();
  return operation >= 84 && operation <= 91 ? [OFFSET, BYTE] : [OFFSET];
}

function reader(body, begin) {
  return {
    body,
    at: begin,
    byte() {
      return body[this.at++];
    },
    number() {
      let value = 0;
      for (const [i, byte] of this.numberBytes().entries()) value += (byte & 0x7f) * 2 ** (7 * i);
      return value;
    },
    numberBytes() {
      const from = this.at;
      while (body[this.at++] >= 0x80);
      return body.subarray(from, this.at);
    },
    take(length) {
      this.at += length;
      return body.subarray(this.at - length, this.at);
    },
  };
}

/** Adds an unsigned number as LEB128. */
function number(bytes, value) {
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}
