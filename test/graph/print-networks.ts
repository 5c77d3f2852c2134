// Prints random networks as JSON, for test/golden/make-random.py: node test/graph/print-networks.ts 50

import { randomNetwork } from "./random-networks.ts";

const networks = Array.from({ length: Number(process.argv[2]) }, (_, seed) => randomNetwork(seed));
process.stdout.write(JSON.stringify(networks));
