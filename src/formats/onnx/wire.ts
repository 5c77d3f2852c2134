/**
 * The fields of protobuf messages, read with bounds: https://protobuf.dev/programming-guides/encoding/.
 *
 * @module
 */

import { InputRangeError, reasonOf } from "../../errors.ts";

type Wire = typeof import("@bufbuild/protobuf/wire");
type Reader = InstanceType<Wire["BinaryReader"]>;

/** Wire types of the format. */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/**
 * Most messages and names of a file, which bounds the memory that they take: a message of two bytes is an object of a hundred. The
 * largest networks in use have some 20,000.
 */
const MOST_PARTS = 400_000;

/** Reads the fields of one file's messages. */
export class MessageReader {
  readonly #wire: Wire;
  readonly #who: string;
  #parts = 0;

  /** @param who stands in error messages */
  constructor(wire: Wire, who: string) {
    this.#wire = wire;
    this.#who = who;
  }

  /**
   * Calls `take` for each field of a message; what it does not read is passed over.
   *
   * @throws RangeError for bytes that are no message
   */
  read(bytes: Uint8Array, take: (field: Field) => void): void {
    this.count();
    const reader = new this.#wire.BinaryReader(bytes);
    try {
      while (reader.pos < reader.len) {
        const [number, type] = reader.tag();
        const field = new Field(this, reader, number, type);
        const start = reader.pos;
        take(field);
        if (reader.pos === start) reader.skip(type, number);
      }
    } catch (error) {
      if (error instanceof InputRangeError) throw error;
      throw new InputRangeError(this.#who, "a protobuf message", reasonOf(error), "damaged-file", { cause: error });
    }
  }

  /** Counts a part of the file. */
  count(): void {
    this.#parts += 1;
    if (this.#parts > MOST_PARTS) {
      throw new InputRangeError(this.#who, `at most ${MOST_PARTS} nodes, names and tensors`, "more", "too-large");
    }
  }
}

/** A field of a message. Each method reads its value as what it should be, and throws for another wire type. */
export class Field {
  /** The number by which the message's definition names it. */
  readonly number: number;
  readonly #messages: MessageReader;
  readonly #reader: Reader;
  readonly #type: number;

  constructor(messages: MessageReader, reader: Reader, number: number, type: number) {
    this.#messages = messages;
    this.#reader = reader;
    this.number = number;
    this.#type = type;
  }

  bytes(): Uint8Array {
    this.#expect(BYTES);
    return this.#reader.bytes();
  }

  text(): string {
    this.#messages.count();
    return new TextDecoder().decode(this.bytes());
  }

  /** A message in the message. */
  message(take: (field: Field) => void): void {
    this.#messages.read(this.bytes(), take);
  }

  /** A whole number; beyond 2^53 the nearest that a double holds. */
  whole(): number {
    this.#expect(VARINT);
    return Number(this.#reader.int64());
  }

  float(): number {
    this.#expect(FIXED32);
    return this.#reader.float();
  }

  /** Adds one whole number, or a run of them, to a list. */
  wholes(list: number[]): void {
    this.#run(VARINT, () => list.push(Number(this.#reader.int64())));
  }

  /** Adds one float, or a run of them, to a list. */
  floats(list: number[]): void {
    this.#run(FIXED32, () => list.push(this.#reader.float()));
  }

  /** Adds one double, or a run of them, to a list. */
  doubles(list: number[]): void {
    this.#run(1, () => list.push(this.#reader.double()));
  }

  #run(single: number, take: () => void): void {
    if (this.#type === single) {
      take();
      return;
    }
    this.#expect(BYTES);
    const end = this.#reader.uint32() + this.#reader.pos;
    if (end > this.#reader.len) throw new Error("premature EOF");
    while (this.#reader.pos < end) take();
    if (this.#reader.pos !== end) throw new Error("a run of numbers that ends within one");
  }

  #expect(type: number): void {
    if (this.#type !== type) throw new Error(`field ${this.number} of wire type ${this.#type}`);
  }
}
