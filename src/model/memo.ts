/** An argument that is compared by its value, not by identity. */
type Key = string | number | boolean;

/** A node of the tree of results: one branch for each value of the next argument. */
class Branch<R> {
  readonly branches = new Map<Key, Branch<R>>();
  result: R | undefined;
}

/** A function that computes its result once for each list of arguments, and keeps it. A look-up allocates no key. */
export function memoized<A extends readonly Key[], R extends object>(make: (...args: A) => R): (...args: A) => R {
  const root = new Branch<R>();
  return (...args) => {
    let branch = root;
    for (let i = 0; i < args.length; i++) {
      let next = branch.branches.get(args[i]);
      if (next === undefined) {
        next = new Branch<R>();
        branch.branches.set(args[i], next);
      }
      branch = next;
    }
    branch.result ??= make(...args);
    return branch.result;
  };
}
