/**
 * Python's pickle format, read without running anything of it: numbers, texts, lists and dictionaries become values, everything else a
 * name with what it would have been made of.
 *
 * Opcodes as Python's `pickletools` describes them, protocols 0 to 5. Own code, because the files are hostile until checked: nothing is
 * called, imported or looked up by name, and nothing is larger than the bytes that it is made of.
 *
 * @module
 */

import { PickleBytes } from "./pickle-bytes.ts";
import { PersistentId, type PickleDict, PickleGlobal, PickleObject, type PickleValue } from "./pickle-values.ts";

/** A value, the byte after its pickle, and all that it refers to outside of it. */
export interface Unpickled {
  readonly value: PickleValue;
  readonly end: number;
  readonly outside: readonly PersistentId[];
}

/**
 * Reads the pickle that begins at a byte.
 *
 * @param who stands in error messages
 * @throws RangeError if it is cut off, or no pickle
 */
export function readPickle(who: string, bytes: Uint8Array, begin = 0): Unpickled {
  return new Unpickler(new PickleBytes(who, bytes, begin)).read();
}

/** A pickle's machine: a stack of values, marks in it, and a memo of values by number. */
class Unpickler {
  readonly #bytes: PickleBytes;
  #stack: PickleValue[] = [];
  readonly #below: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #outside: PersistentId[] = [];

  constructor(bytes: PickleBytes) {
    this.#bytes = bytes;
  }

  read(): Unpickled {
    for (;;) {
      const opcode = this.#bytes.uint8();
      if (opcode === 0x2e) return { value: this.#pop(), end: this.#bytes.at, outside: this.#outside };
      if (!(this.#number(opcode) || this.#text(opcode) || this.#container(opcode) || this.#other(opcode))) {
        throw this.#bytes.wrong(
          "an opcode of protocols 0 to 5",
          `0x${opcode.toString(16)} at byte ${this.#bytes.at - 1}`,
        );
      }
    }
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.#bytes.wrong("a value on the stack", "none");
    return value;
  }

  /** The value on top, which stays there. */
  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.#bytes.wrong("a value on the stack", "none");
    return value;
  }

  /** All values above the last mark. */
  #popToMark(): PickleValue[] {
    const below = this.#below.pop();
    if (below === undefined) throw this.#bytes.wrong("a mark on the stack", "none");
    const values = this.#stack;
    this.#stack = below;
    return values;
  }

  #number(opcode: number): boolean {
    const bytes = this.#bytes;
    switch (opcode) {
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(bytes.uint8());
      case 0x4d: // BININT2
        return this.#push(bytes.uint16());
      case 0x4a: // BININT
        return this.#push(bytes.int32());
      case 0x47: // BINFLOAT
        return this.#push(bytes.float64());
      case 0x8a: // LONG1
        return this.#push(bytes.long(bytes.uint8()));
      case 0x8b: // LONG4
        return this.#push(bytes.long(bytes.uint32()));
      case 0x49: // INT
        return this.#push(bytes.decimal());
      case 0x4c: // LONG
        return this.#push(bytes.decimal());
      case 0x46: // FLOAT
        return this.#push(bytes.float());
      default:
        return false;
    }
  }

  #text(opcode: number): boolean {
    const bytes = this.#bytes;
    switch (opcode) {
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        return this.#push(bytes.text(bytes.uint32()));
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        return this.#push(bytes.text(bytes.uint8()));
      case 0x8d: // BINUNICODE8
        return this.#push(bytes.text(bytes.uint64()));
      case 0x42: // BINBYTES
        return this.#push(bytes.slice(bytes.uint32()));
      case 0x43: // SHORT_BINBYTES
        return this.#push(bytes.slice(bytes.uint8()));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#push(bytes.slice(bytes.uint64()));
      case 0x56: // UNICODE
        return this.#push(bytes.escapedLine());
      case 0x53: // STRING
        return this.#push(bytes.line().replace(/^(['"])(.*)\1$/, "$2"));
      default:
        return false;
    }
  }

  #container(opcode: number): boolean {
    switch (opcode) {
      case 0x28: // MARK
        this.#below.push(this.#stack);
        this.#stack = [];
        return true;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
      case 0x8f: // EMPTY_SET
        return this.#push([]);
      case 0x7d: // EMPTY_DICT
        return this.#push(new Map());
      case 0x85: // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87: {
        const values = Array.from({ length: opcode - 0x84 }, () => this.#pop());
        return this.#push(values.reverse());
      }
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        return this.#push(this.#popToMark());
      case 0x64: // DICT
        return this.#push(this.#setItems(new Map(), this.#popToMark()));
      case 0x61: // APPEND
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        return this.#append(this.#popToMark());
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        const key = this.#pop();
        this.#setItems(this.#top(), [key, value]);
        return true;
      }
      case 0x75: {
        // SETITEMS
        const items = this.#popToMark();
        this.#setItems(this.#top(), items);
        return true;
      }
      default:
        return false;
    }
  }

  /** Appends to the list on top; what an object would take is left out. */
  #append(values: readonly PickleValue[]): true {
    const list = this.#top();
    if (Array.isArray(list)) for (const value of values) list.push(value);
    else if (!(list instanceof PickleObject)) throw this.#bytes.wrong("a list to append to", "something else");
    return true;
  }

  /** Sets keys and values, which stand by turns, in a dictionary; what an object would take is left out. */
  #setItems(dict: PickleValue, items: readonly PickleValue[]): PickleValue {
    if (items.length % 2 !== 0) throw this.#bytes.wrong("a value for each key", "none");
    if (dict instanceof Map) for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
    else if (!(dict instanceof PickleObject)) throw this.#bytes.wrong("a dictionary to set items of", "something else");
    return dict;
  }

  #other(opcode: number): boolean {
    const bytes = this.#bytes;
    switch (opcode) {
      case 0x80: // PROTO
        bytes.uint8();
        return true;
      case 0x95: // FRAME
        bytes.uint64();
        return true;
      case 0x30: // POP
        if (this.#stack.length === 0) this.#popToMark();
        else this.#pop();
        return true;
      case 0x31: // POP_MARK
        this.#popToMark();
        return true;
      case 0x32: // DUP
        return this.#push(this.#top());
      case 0x70: // PUT
        return this.#keep(Number(bytes.line()));
      case 0x71: // BINPUT
        return this.#keep(bytes.uint8());
      case 0x72: // LONG_BINPUT
        return this.#keep(bytes.uint32());
      case 0x94: // MEMOIZE
        return this.#keep(this.#memo.size);
      case 0x67: // GET
        return this.#recall(Number(bytes.line()));
      case 0x68: // BINGET
        return this.#recall(bytes.uint8());
      case 0x6a: // LONG_BINGET
        return this.#recall(bytes.uint32());
      case 0x50: // PERSID
        return this.#refer(bytes.line());
      case 0x51: // BINPERSID
        return this.#refer(this.#pop());
      default:
        return this.#object(opcode);
    }
  }

  #refer(id: PickleValue): true {
    const reference = new PersistentId(id);
    this.#outside.push(reference);
    return this.#push(reference);
  }

  #keep(index: number): true {
    this.#memo.set(index, this.#top());
    return true;
  }

  #recall(index: number): true {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#bytes.wrong("a value that was kept", `number ${index}`);
    return this.#push(value);
  }

  #object(opcode: number): boolean {
    const bytes = this.#bytes;
    switch (opcode) {
      case 0x63: {
        // GLOBAL
        const module = bytes.line();
        return this.#push(new PickleGlobal(module, bytes.line()));
      }
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== "string" || typeof module !== "string") throw this.#bytes.wrong("a name", "something else");
        return this.#push(new PickleGlobal(module, name));
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
      case 0x92: {
        // NEWOBJ_EX, with arguments by name on top
        if (opcode === 0x92) this.#pop();
        const args = this.#pop();
        return this.#push(valueOfCall(this.#pop(), args));
      }
      case 0x69: {
        // INST
        const module = bytes.line();
        const maker = new PickleGlobal(module, bytes.line());
        return this.#push(valueOfCall(maker, this.#popToMark()));
      }
      case 0x6f: {
        // OBJ
        const [maker = null, ...args] = this.#popToMark();
        return this.#push(valueOfCall(maker, args));
      }
      case 0x62: {
        // BUILD
        const state = this.#pop();
        const object = this.#top();
        if (object instanceof PickleObject) object.state = state;
        return true;
      }
      default:
        return false;
    }
  }
}

/** The value of a call in a pickle: an `OrderedDict` as a dictionary; every other call stays a description and is not made. */
function valueOfCall(maker: PickleValue, args: PickleValue): PickleValue {
  if (!(maker instanceof PickleGlobal) || maker.path !== "collections.OrderedDict")
    return new PickleObject(maker, args);
  const dict: PickleDict = new Map();
  const pairs = Array.isArray(args) ? args[0] : undefined;
  if (!Array.isArray(pairs)) return dict;
  for (const pair of pairs) if (Array.isArray(pair) && pair.length === 2) dict.set(pair[0], pair[1]);
  return dict;
}
