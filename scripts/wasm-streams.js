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

const CODE_SECTION = 10;
const END = 0x0b;
/** The key of the `end` of a function, which is told apart from that of a block. */
const LAST = "last";

/** All files in one: function by function side by side, so that packing finds what they have in common. */
export function streamsOf(files) {
  const sources = files.map(partsOf);
  const functions = sources[0].bodies.length;
  if (sources.some(({ bodies }) => bodies.length !== functions))
    throw new Error("expected files with the same functions");
  const streams = Array.from({ length: STREAMS }, () => []);
  // The first instruction is the one that ends a function.
  const instructions = new Map([[LAST, { code: [END], immediates: [], index: 0 }]]);
  for (let i = 0; i < functions; i++) for (const { bodies } of sources) takeApart(bodies[i], streams, instructions);

  const head = [];
  number(head, instructions.size);
  for (const { code, immediates } of instructions.values()) {
    for (const list of [code, immediates]) {
      number(head, list.length);
      head.push(...list);
    }
  }
  number(head, sources.length);
  for (const { before, after } of sources) {
    for (const bytes of [before, after]) {
      number(head, bytes.length);
      head.push(...bytes);
    }
  }
  number(head, functions);
  streams[HEAD].unshift(...head);

  const contents = [];
  number(contents, STREAMS);
  for (const { length } of streams) number(contents, length);
  return Uint8Array.from([...contents, ...streams.flat()]);
}

/** A file's functions without their sizes, and what is before and behind them. */
function partsOf(wasm) {
  for (let section = reader(wasm, 8); section.at < wasm.length; ) {
    const id = section.byte();
    const size = section.number();
    const end = section.at + size;
    if (id === CODE_SECTION) {
      const functions = section.number();
      const before = wasm.subarray(0, section.at);
      const bodies = Array.from({ length: functions }, () => section.take(section.number()));
      return { before, bodies, after: wasm.subarray(end) };
    }
    section.at = end;
  }
  throw new Error("expected a wasm file with functions");
}

function takeApart(body, streams, instructions) {
  const source = reader(body, 0);
  const groups = source.number();
  number(streams[HEAD], groups);
  for (let i = 0; i < 2 * groups; i++) streams[HEAD].push(...source.numberBytes());
  const recent = Array.from({ length: 256 }, (_, local) => local);
  while (source.at < body.length) {
    const { code, immediates } = instructionAt(source);
    const key = source.at === body.length ? LAST : [code, immediates].join(";");
    if (!instructions.has(key)) instructions.set(key, { code, immediates, index: instructions.size });
    streams[INSTRUCTION].push(instructions.get(key).index);
    for (const stream of immediates) {
      if (stream === BYTE) streams[BYTE].push(source.byte());
      else if (stream === GET || stream === SET) streams[stream].push(rank(recent, source.number()));
      else streams[stream].push(...source.numberBytes());
    }
  }
  if (instructions.size > 256) throw new Error("expected at most 256 kinds of instructions");
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
