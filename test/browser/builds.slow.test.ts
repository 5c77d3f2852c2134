import { STRICT, testBuilds } from "./builds.ts";
import { vitePage } from "./pages.ts";

testBuilds([{ name: "a bundle by Vite", csp: STRICT, page: (_, app) => vitePage(app) }]);
