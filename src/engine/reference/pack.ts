/**
 * Filters repacked into panels of eight columns, the form the wasm tiles read. Parallel axis: panels.
 *
 * The reference convolutions read the filters themselves; these kernels exist so that both engines run the same tape.
 *
 * @module
 */

import { PANEL } from "../kernel-sizes.ts";
import type { Heap } from "./heap.ts";

/** The packing kernels over one heap. */
export function packKernels(heap: Heap) {
  return {
    /**
     * Per group of k / groups columns ceil(k / groups / 8) panels, each [rows, 8]; columns past the group's last are 0.
     *
     * w [rows, k]; panels [groups, ceil(k / groups / 8), rows, 8]. Axis: groups * ceil(k / groups / 8) panels.
     */
    pack_forward(begin: number, end: number, w: number, panels: number, rows: number, k: number, groups: number): void {
      const columns = k / groups;
      const perGroup = Math.ceil(columns / PANEL);
      for (let panel = begin; panel < end; panel++) {
        const group = Math.floor(panel / perGroup);
        const first = (panel % perGroup) * PANEL;
        for (let row = 0; row < rows; row++) {
          const from = w + row * k + group * columns + first;
          const to = panels + (panel * rows + row) * PANEL;
          for (let lane = 0; lane < PANEL; lane++) heap[to + lane] = first + lane < columns ? heap[from + lane] : 0;
        }
      }
    },

    /**
     * Flipped filters for the data gradient. Per group ceil(c / groups / 8) panels of 8 input channels. A panel holds,
     * for each phaseH below strideH and phaseW below strideW, the taps of the input rows and columns of that phase: r,
     * then s, from last to first where phaseH - r dilationH is divisible by strideH and phaseW - s dilationW by
     * strideW; for each tap [k / groups, 8 channels], 0 past the group's last channel.
     *
     * w [r, s, c / groups, k]; panels [groups, ceil(c / groups / 8), r * s, k / groups, 8]. Axis: groups * ceil(c /
     * groups / 8) panels.
     */
    pack_backward(
      begin: number,
      end: number,
      w: number,
      panels: number,
      r: number,
      s: number,
      c: number,
      k: number,
      groups: number,
      strideH: number,
      strideW: number,
      dilationH: number,
      dilationW: number,
    ): void {
      const channels = c / groups;
      const filters = k / groups;
      const perGroup = Math.ceil(channels / PANEL);
      for (let panel = begin; panel < end; panel++) {
        const group = Math.floor(panel / perGroup);
        const first = (panel % perGroup) * PANEL;
        let to = panels + panel * r * s * filters * PANEL;
        for (let phaseH = 0; phaseH < strideH; phaseH++) {
          for (let phaseW = 0; phaseW < strideW; phaseW++) {
            for (let i = r - 1; i >= 0; i--) {
              if ((phaseH - i * dilationH) % strideH !== 0) continue;
              for (let j = s - 1; j >= 0; j--) {
                if ((phaseW - j * dilationW) % strideW !== 0) continue;
                const tap = w + (i * s + j) * channels * k + group * filters;
                for (let filter = 0; filter < filters; filter++, to += PANEL) {
                  for (let lane = 0; lane < PANEL; lane++) {
                    const channel = first + lane;
                    heap[to + lane] = channel < channels ? heap[tap + channel * k + filter] : 0;
                  }
                }
              }
            }
          }
        }
      }
    },
  };
}
