import { describe, expect, it } from "vitest";
import { CSV_HEADER, type HistoryRow, historyCsv, parseHistory } from "../../src/training/history-csv.ts";

const ROW = { trainLoss: 0.25, trainAccuracy: 0.9, lr: 0.001, imagesPerSecond: 20000.5, seconds: 3 };

describe("history as CSV", () => {
  it("writes the columns in order, missing figures empty", () => {
    expect(CSV_HEADER).toBe("epoch,trainLoss,trainAccuracy,valLoss,valAccuracy,lr,imagesPerSecond,seconds");
    const rows = [
      { epoch: 1, ...ROW },
      { epoch: 2, ...ROW, valLoss: 0.5, valAccuracy: 1 },
    ];
    const [header, first, second, last] = historyCsv(rows).split("\n");
    expect(header).toBe(CSV_HEADER);
    expect(first).toBe("1,0.25,0.9,,,0.001,20000.5,3");
    expect(second).toBe("2,0.25,0.9,0.5,1,0.001,20000.5,3");
    expect(last).toBe("");
  });

  it("has columns for the metrics of a run, beside those of other epochs", () => {
    const rows: HistoryRow[] = [
      { epoch: 1, ...ROW },
      { epoch: 2, ...ROW, trainMetrics: { f1: 0.5, accuracy: 0.9 }, valMetrics: { f1: Number.NaN, top3: 1 } },
    ];
    const text = historyCsv(rows);
    expect(text.split("\n")).toEqual([
      `${CSV_HEADER},trainF1,valF1,valTop3`,
      "1,0.25,0.9,,,0.001,20000.5,3,,,",
      "2,0.25,0.9,,,0.001,20000.5,3,0.5,NaN,1",
      "",
    ]);
    expect(parseHistory(text, "log")).toEqual([rows[0], { ...rows[1], trainMetrics: { f1: 0.5 } }]);
    expect(historyCsv(parseHistory(text, "log"))).toBe(text);
    expect(() => parseHistory(text.replace("valF1", "f1"), "log")).toThrow("log: expected the columns");
  });

  it("reads back the same numbers", () => {
    const rows: HistoryRow[] = [
      { epoch: 1, ...ROW },
      { epoch: 2, ...ROW, trainLoss: 0.1 + 0.2, trainAccuracy: Number.NaN, valLoss: 1e-9, valAccuracy: 0 },
      { epoch: 10, ...ROW, trainLoss: Number.POSITIVE_INFINITY, lr: 1e21, seconds: 5e-324 },
      { epoch: 11, ...ROW, trainLoss: -1.5e-7, valLoss: Number.NEGATIVE_INFINITY },
    ];
    const text = historyCsv(rows);
    expect(parseHistory(text, "log")).toEqual(rows);
    expect(parseHistory(text.replaceAll("\n", "\r\n"), "log")).toEqual(rows);
    expect(parseHistory(text.trimEnd(), "log")).toEqual(rows);
    expect(parseHistory(`${CSV_HEADER}\n`, "log")).toEqual([]);
  });

  it.each([
    [
      "",
      'log: expected the columns epoch,trainLoss,trainAccuracy,valLoss,valAccuracy,lr,imagesPerSecond,seconds, got ""',
    ],
    ["name,mark\n", 'got "name,mark"'],
    [`${CSV_HEADER}\n1,2,3\n`, 'log line 2: expected 8 numbers, epochs growing, got "1,2,3"'],
    [`${CSV_HEADER}\n1,2,3,,,4,5,x\n`, "line 2"],
    [`${CSV_HEADER}\n1,2,3,,,4,5,\n`, "line 2"],
    [`${CSV_HEADER}\n1,2,3,,,4,5, 6\n`, "line 2"],
    [`${CSV_HEADER}\n1,2,3,,,4,5,0x10\n`, "line 2"],
    [`${CSV_HEADER}\n1.5,2,3,,,4,5,6\n`, "line 2"],
    [`${CSV_HEADER}\nNaN,2,3,,,4,5,6\n`, "line 2"],
    [`${CSV_HEADER}\n0,2,3,,,4,5,6\n`, "line 2"],
    [`${CSV_HEADER}\n1,2,3,,,4,5,6\n1,2,3,,,4,5,6\n`, "line 3"],
    [`${CSV_HEADER}\n1,2,3,,,4,5,6\n\n`, "line 3"],
  ])("refuses %j", (text, message) => {
    expect(() => parseHistory(text, "log")).toThrow(RangeError);
    expect(() => parseHistory(text, "log")).toThrow(message);
  });
});
