import { startDrop } from "./app/drop.ts";
import { modelFileOf, openedModel, SCALINGS, type ScalingName } from "./app/foreign-model.ts";
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
import { shownView, startTabs } from "./ui/tabs.ts";
import { themeButton } from "./ui/theme.ts";

const workspace = new Workspace();
startTabs();
const train = new TrainView(byId("view-train"), workspace);
new InsideView(byId("view-inside"), workspace);
new RaceView(byId("view-race"), workspace);
new DrawView(byId("view-draw"), workspace);
startTeach();

/** Loads the view "Teach" when it is first seen. */
function startTeach(): void {
  let isStarted = false;
  shownView.watch((view) => {
    if (view !== "teach" || isStarted) return;
    isStarted = true;
    import("./teach/view.ts")
      .then(({ TeachView }) => new TeachView(byId("view-teach")))
      .catch((error: unknown) => {
        isStarted = false;
        tell({ kind: "error", title: "Teach could not be loaded", text: reasonOf(error), topic: "teach" });
      });
  });
}

function openModel(files: readonly File[], scaling?: ScalingName): void {
  const { name } = modelFileOf(files) ?? files[0];
  openedModel(files, train.place, scaling)
    .then(async (opened) => {
      if (opened === undefined) askForScaling(files, name);
      else await train.openModel(opened.bytes, name, opened.notes);
    })
    .catch((error: unknown) => {
      tell({ kind: "error", title: `${name} could not be read`, text: reasonOf(error), topic: "file" });
    });
}

/** Asks how pixels are scaled for a network whose file does not say it. */
function askForScaling(files: readonly File[], name: string): void {
  tell({
    kind: "info",
    title: `What numbers does ${name} take?`,
    text: "The file does not say how pixels were scaled when the network was trained.",
    actions: SCALINGS.map(([scaling, label]) => ({ label, run: () => openModel(files, scaling) })),
    topic: "file",
  });
}

byId("top-tools").append(new ModelMenu(workspace, openModel).button, themeButton());
startDrop({ openModel, openImages: (files) => void train.data.open(files) });
startRecovery(workspace, { restart: (kept) => void train.restore(kept) });
askBeforeLeaving(workspace);
void train.data.load();
