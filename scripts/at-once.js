/**
 * A plugin that turns dynamic imports into static ones, where loading later would only mean more code or more files.
 *
 * @param isWanted says by its path which import it is for; default all
 */
export function atOncePlugin(isWanted = () => true) {
  return {
    name: "at-once",
    transform(code) {
      const imports = [];
      const changed = code.replace(/\bimport\("(\.[^"]+)"\)/g, (whole, path) => {
        if (!isWanted(path)) return whole;
        imports.push(`import * as later${imports.length} from "${path}";`);
        return `Promise.resolve(later${imports.length - 1})`;
      });
      return imports.length > 0 ? { code: imports.join("") + changed } : null;
    },
  };
}
