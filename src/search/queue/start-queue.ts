import { connectionError, connectQueue } from "./connection.ts";
import { QueueExecutor, type QueueOptions } from "./executor.ts";
import { QueueKeys, RUNS_QUEUE } from "./keys.ts";
import { queueLibraries } from "./libraries.ts";
import { type QueuedSearch, writeSearch } from "./messages.ts";
import { checkWorkers, presentWorkers, searchLives } from "./roster.ts";

/**
 * Connects to a queue, and checks that it can be used, before anything runs.
 *
 * @throws HostError if no server is there
 * @throws InputRangeError if packages are missing, the server refuses the password, or there are workers of another build
 */
export async function startQueue(options: QueueOptions): Promise<QueueExecutor> {
  const { who, address, build, job, search, example, host, onNote } = options;
  const libraries = await queueLibraries(who);
  const connection = await connectQueue(who, address, libraries);
  const { client, doubt } = connection;
  const keys = new QueueKeys(address.name);
  try {
    const workers = await presentWorkers(client, keys);
    checkWorkers(who, build, workers);
    if (doubt !== undefined) onNote?.(doubt);
    const message: QueuedSearch = { id: search, build, job, example, host };
    await searchLives(client, keys, search);
    await client.multi().hset(keys.searches, search, writeSearch(message)).del(keys.paused(search)).exec();
    const queue = new libraries.bullmq.Queue(RUNS_QUEUE, { connection: client, prefix: keys.prefix });
    const events = new libraries.bullmq.QueueEvents(RUNS_QUEUE, {
      connection: client.duplicate(),
      prefix: keys.prefix,
    });
    const executor = new QueueExecutor(options, connection, keys, queue, events, writeSearch(message));
    executor.slots = workers.reduce((sum, { slots }) => sum + slots, 0);
    return executor;
  } catch (error) {
    connection.close();
    throw connectionError(who, address, error);
  }
}

/**
 * Checks that a queue can be used by a search, before that makes its folder.
 *
 * @throws as {@link startQueue}
 */
export async function checkQueue({
  who,
  address,
  build,
}: Pick<QueueOptions, "who" | "address" | "build">): Promise<void> {
  const connection = await connectQueue(who, address, await queueLibraries(who));
  try {
    checkWorkers(who, build, await presentWorkers(connection.client, new QueueKeys(address.name)));
  } finally {
    connection.close();
  }
}
