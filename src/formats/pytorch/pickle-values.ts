/**
 * Values of Python's pickles.
 *
 * @module
 */

/** Something that a pickle refers to by module and name: a class or a function, which is never looked up. */
export class PickleGlobal {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  /** Its whole name, such as `torch._utils._rebuild_tensor_v2`. */
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A description of an object that Python would make by a call; it is never made here. */
export class PickleObject {
  /** The class or function. */
  readonly maker: PickleValue;
  readonly args: PickleValue;
  /** The state that the maker's object would be given afterwards. */
  state: PickleValue = null;

  constructor(maker: PickleValue, args: PickleValue) {
    this.maker = maker;
    this.args = args;
  }
}

/** A persistent id, which stands for data that is stored outside of the pickle: a tensor's storage. */
export class PersistentId {
  readonly id: PickleValue;

  constructor(id: PickleValue) {
    this.id = id;
  }
}

/** A dictionary in the order of its keys. */
export type PickleDict = Map<PickleValue, PickleValue>;

/** A value of a pickle; tuples and sets are lists. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleGlobal
  | PickleObject
  | PersistentId;
