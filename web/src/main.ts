import { Workspace } from "./app/workspace.ts";
import { DrawView } from "./draw/view.ts";
import { TrainView } from "./train/view.ts";
import { byId } from "./ui/dom.ts";
import { startTabs } from "./ui/tabs.ts";
import { themeButton } from "./ui/theme.ts";

const workspace = new Workspace();
byId("top-tools").append(themeButton());
startTabs();
const train = new TrainView(byId("view-train"), workspace);
new DrawView(byId("view-draw"), workspace);
void train.data.load();
