'use strict';
/* The work of the benchmarks on Microsoft's Node SDK, as its users write it. NODE_PATH leads
 * to the package, NODE_EXTRA_CA_CERTS names the CA, BERTH_EMULATOR the emulator's folder.
 *
 *   sdk.js write PREFIX COUNT PARALLEL create|update
 *   sdk.js bulk PREFIX COUNT PARALLEL create|update
 *   sdk.js read COUNT
 *   sdk.js poll COUNT [CHANGES]
 *
 * Each piece of work is one line of JSON: what it cost without the start of Node.js and the
 * loading of the package. */
const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');

const PAGE = 1000;
const emulator = JSON.parse(
    fs.readFileSync(path.join(process.env.BERTH_EMULATOR, 'emulator.json'), 'utf8'));
const owner = emulator.policies[0];

/* The SDK has no way to name a port: all its connections go through this agent. */
https.globalAgent.options.port = emulator.port;

const client = ProvisioningServiceClient.fromConnectionString(
    `HostName=${emulator.hostName};SharedAccessKeyName=${owner.keyName};` +
    `SharedAccessKey=${owner.primaryKey}`);

function enrollment(prefix, number) {
    return {
        registrationId: `${prefix}-${String(number).padStart(6, '0')}`,
        attestation: {
            type: 'symmetricKey',
            symmetricKey: {
                primaryKey: 'cHJpbWFyeWtleXByaW1hcnlrZXkwMQ==',
                secondaryKey: 'c2Vjb25kYXJ5a2V5c2Vjb25kYXJ5MDI=',
            },
        },
        provisioningStatus: 'enabled',
        initialTwin: { tags: { site: 'oslo' }, properties: { desired: { interval: 10 } } },
    };
}

async function measured(name, work) {
    const begin = process.hrtime.bigint();
    const cpu = process.cpuUsage();
    const count = await work();
    const used = process.cpuUsage(cpu);
    const wall = Number(process.hrtime.bigint() - begin) / 1e9;

    console.log(JSON.stringify({
        work: name, count, wall_s: wall, cpu_s: (used.user + used.system) / 1e6,
    }));
}

/* `parallel` loops that share one counter: that many operations are in flight. */
async function inFlight(count, parallel, one) {
    let next = 1;
    async function loop() {
        while (next <= count)
            await one(next++);
    }
    await Promise.all(Array.from({ length: parallel }, loop));
    return count;
}

function write(prefix, count, parallel, update) {
    return inFlight(count, parallel, (n) => {
        const item = enrollment(prefix, n);
        if (update)
            item.etag = '*';
        return client.createOrUpdateIndividualEnrollment(item);
    });
}

/* The promise form of bulk operations never settles: the callback form does. */
function runBulk(operation) {
    return new Promise((resolve, reject) => {
        client.runBulkEnrollmentOperation(operation, (error, result) => {
            if (error || !result.isSuccessful)
                reject(error || new Error('an element was refused'));
            else
                resolve();
        });
    });
}

async function bulk(prefix, count, parallel, mode) {
    await inFlight(count / 10, parallel, (n) => runBulk({
        mode,
        enrollments: Array.from({ length: 10 },
            (_, i) => enrollment(prefix, (n - 1) * 10 + i + 1)),
    }));
    return count;
}

/* All enrollments, page by page. next() without a token would ask for page 1 for ever. */
async function pages(take) {
    const query = client.createIndividualEnrollmentQuery({ query: '*' }, PAGE);
    let count = 0;
    do {
        const { responseBody: items } = await query.next(query.continuationToken);
        take(items);
        count += items.length;
    } while (query.hasMoreResults);
    return count;
}

/* One poll: the ids that are new or have another etag than at the last one. */
async function poll(known, changed) {
    return pages((items) => {
        for (const item of items) {
            if (known.get(item.registrationId) === item.etag)
                continue;
            known.set(item.registrationId, item.etag);
            changed.push(item.registrationId);
        }
    });
}

async function pollThrice(count, changes) {
    const known = new Map();
    const stride = changes ? Math.floor(count / changes) : 0;
    let changed = [];

    await measured('poll-first', () => poll(known, changed));
    changed = [];
    await measured('poll-same', () => poll(known, changed));
    if (changed.length)
        throw new Error(`${changed.length} changes where there were none`);
    if (!changes)
        return;
    for (let i = 0; i < changes; i++)
        await client.createOrUpdateIndividualEnrollment(
            { ...enrollment('dev', i * stride + 1), etag: '*' });
    await measured('poll-changed', () => poll(known, changed));
    if (changed.length !== changes)
        throw new Error(`${changed.length} changes where there were ${changes}`);
}

async function main([command, ...args]) {
    if (command === 'write')
        return measured('write',
            () => write(args[0], Number(args[1]), Number(args[2]), args[3] === 'update'));
    if (command === 'bulk')
        return measured('bulk',
            () => bulk(args[0], Number(args[1]), Number(args[2]), args[3]));
    if (command === 'read')
        return measured('read', () => pages(() => {}));
    if (command === 'poll')
        return pollThrice(Number(args[0]), Number(args[1] || 0));
    throw new Error(`sdk.js: '${command}' is no command`);
}

main(process.argv.slice(2)).catch((error) => {
    console.error(String(error.responseBody || error.stack || error));
    process.exitCode = 1;
});
