import { startDrop } from "./app/drop.ts";
import { askBeforeLeaving } from "./app/leaving.ts";
import { ModelMenu } from "./app/model-menu.ts";
import { startRecovery } from "./app/recovery.ts";
import { Workspace } from "./app/workspace.ts";
import { DrawView } from "./draw/view.ts";
import { InsideView } from "./inside/view.ts";
import { RaceView } from "./race/view.ts";
import { TrainView } from "./train/view.ts";
import { byId } from "./ui/dom.ts";
import { reasonOf, tell } from "./ui/messages.ts";
import { startTabs } from "./ui/tabs.ts";
import { themeButton } from "./ui/theme.ts";

const workspace = new Workspace();
startTabs();
const train = new TrainView(byId("view-train"), workspace);
new InsideView(byId("view-inside"), workspace);
new RaceView(byId("view-race"), workspace);
new DrawView(byId("view-draw"), workspace);

function openModel(file: File): void {
  file
    .arrayBuffer()
    .then((bytes) => train.openModel(new Uint8Array(bytes), file.name))
    .catch((error: unknown) => {
      tell({ kind: "error", title: `${file.name} could not be read`, text: reasonOf(error), topic: "file" });
    });
}

byId("top-tools").append(new ModelMenu(workspace, openModel).button, themeButton());
startDrop({ openModel, openImages: (files) => void train.data.open(files) });
startRecovery(workspace, { restart: (kept) => void train.restore(kept) });
askBeforeLeaving(workspace);
void train.data.load();
