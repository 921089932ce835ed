'use strict';
/* What berth writes, the SDK reads, and the other way round. BERTH_PROGRAM is the program,
 * BERTH_CONNECTION a connection to the emulator in its home. */
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');

const { client, body, bulk, all, deviceKey, register } = require('./sdk.js');
const { test, refused, finish } = require('./tap.js');

function berth(words, input) {
    const run = spawnSync(process.env.BERTH_PROGRAM, words, { input, encoding: 'utf8', timeout: 30000 });
    return { code: run.status, out: run.stdout, err: run.stderr };
}

function lines(text) {
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}

/* The result of an action, secrets shown. */
function act(action, input) {
    const run = berth(['action', 'run', process.env.BERTH_CONNECTION, action, '--yes',
        '--show-secrets', '-i', '-'], JSON.stringify(input));
    assert.strictEqual(run.code, 0, run.err + run.out);
    return lines(run.out)[0].result;
}

function items(action, input) {
    const run = berth(['action', 'run', process.env.BERTH_CONNECTION, action, '--show-secrets',
        '-i', JSON.stringify(input)]);
    assert.strictEqual(run.code, 0, run.err);
    return lines(run.out);
}

function poll(trigger) {
    const run = berth(['trigger', 'poll', process.env.BERTH_CONNECTION, trigger]);
    assert.strictEqual(run.code, 0, run.err);
    return lines(run.out).map((event) => `${event.type.split('.').at(-2)} ${event.subject}`).sort();
}

const symmetric = { type: 'symmetricKey' };
const rich = {
    registrationId: 'Berth:1.a_b-c',
    deviceId: 'berth-1',
    attestation: symmetric,
    provisioningStatus: 'enabled',
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
    allocationPolicy: 'hashed',
    capabilities: { iotEdge: true },
    initialTwin: { tags: { site: 'Oslo', 'ü': [1, { a: null }] }, properties: { desired: { interval: 10 } } },
};

test('what berth creates, the SDK reads, member by member', async () => {
    assert.deepStrictEqual(poll('enrollment.changed'), []);
    act('enrollment.create', rich);
    const read = body(await client.getIndividualEnrollment(rich.registrationId));
    for (const name of Object.keys(rich).filter((name) => name !== 'attestation'))
        assert.deepStrictEqual(read[name], rich[name], name);
});

test('the keys that berth shows are the keys that the SDK reads', async () => {
    const shown = act('enrollment.secrets', { registrationId: rich.registrationId });
    const mechanism = body(await client.getIndividualEnrollmentAttestationMechanism(rich.registrationId));
    assert.deepStrictEqual(shown.symmetricKey, mechanism.symmetricKey);
});

test('an update by berth changes what it names and keeps the keys', async () => {
    const before = body(await client.getIndividualEnrollmentAttestationMechanism(rich.registrationId));
    act('enrollment.update', { registrationId: rich.registrationId, initialTwin: { tags: { site: 'Lima' } } });
    const read = body(await client.getIndividualEnrollment(rich.registrationId));
    const after = body(await client.getIndividualEnrollmentAttestationMechanism(rich.registrationId));
    assert.strictEqual(read.initialTwin.tags.site, 'Lima');
    assert.strictEqual(read.deviceId, rich.deviceId);
    assert.deepStrictEqual(after.symmetricKey, before.symmetricKey);
});

test('an etag that berth read is one that the SDK can write with, and then it is stale', async () => {
    const read = act('enrollment.get', { registrationId: rich.registrationId });
    const keys = act('enrollment.secrets', { registrationId: rich.registrationId });
    delete read.registrationState;
    await client.createOrUpdateIndividualEnrollment({ ...read, attestation: keys, provisioningStatus: 'disabled' });
    const run = berth(['action', 'run', process.env.BERTH_CONNECTION, 'enrollment.update', '-i',
        JSON.stringify({ registrationId: rich.registrationId, etag: read.etag, deviceId: 'other' })]);
    assert.strictEqual(run.code, 7, run.err);
});

test('an etag that the SDK read is one that berth can write with', async () => {
    const read = body(await client.getIndividualEnrollment(rich.registrationId));
    act('enrollment.update', { registrationId: rich.registrationId, etag: read.etag, deviceId: 'berth-2' });
    const again = body(await client.getIndividualEnrollment(rich.registrationId));
    assert.strictEqual(again.deviceId, 'berth-2');
});

test('what the SDK writes in bulk, berth lists, and its listing can be written again', async () => {
    const enrollments = Array.from({ length: 10 },
        (_, i) => ({ registrationId: `sdk-${i}`, attestation: symmetric }));
    const operation = { mode: 'create', enrollments };
    assert.ok((await bulk(client.runBulkEnrollmentOperation, operation)).isSuccessful);
    const listed = items('enrollment.list', { withKeys: true }).filter((item) => item.registrationId.startsWith('sdk-'));
    assert.strictEqual(listed.length, 10);
    for (const item of listed)
        act('enrollment.upsert', item);
    const keys = body(await client.getIndividualEnrollmentAttestationMechanism('sdk-3'));
    assert.deepStrictEqual(keys.symmetricKey,
        listed.find((item) => item.registrationId === 'sdk-3').attestation.symmetricKey);
});

test('the trigger sees what the SDK and berth wrote', async () => {
    const wanted = ['created enrollments/Berth:1.a_b-c'];
    for (let i = 0; i < 10; i++)
        wanted.push(`created enrollments/sdk-${i}`);
    const seen = poll('enrollment.changed').map((event) => decodeURIComponent(event));
    assert.deepStrictEqual(seen, wanted.sort());
});

test('what berth deletes is gone for the SDK, what the SDK deletes is an event', async () => {
    act('enrollment.delete', { registrationId: 'sdk-0' });
    const error = await refused(client.getIndividualEnrollment('sdk-0'));
    assert.match(error.message, /Not found/);
    await client.deleteIndividualEnrollment('sdk-1');
    assert.deepStrictEqual(poll('enrollment.changed'),
        ['deleted enrollments/sdk-0', 'deleted enrollments/sdk-1']);
});

test('bulk by berth is what the SDK queries', async () => {
    const enrollments = Array.from({ length: 25 },
        (_, i) => ({ registrationId: `bulk-${i}`, attestation: symmetric }));
    act('enrollment.bulk', { mode: 'create', enrollments });
    const pages = await all(client.createIndividualEnrollmentQuery({ query: '*' }, 10));
    const found = pages.flat().filter((item) => item.registrationId.startsWith('bulk-'));
    assert.strictEqual(found.length, 25);
});

test('a group of berth takes a device of the SDK, whose registration berth reads', async () => {
    const group = act('enrollmentGroup.create', { enrollmentGroupId: 'line:7', attestation: symmetric });
    const key = deviceKey(group.attestation.symmetricKey.primaryKey, 'valve-1');
    const derived = act('device.deriveKey',
        { registrationId: 'valve-1', groupKey: group.attestation.symmetricKey.primaryKey });
    assert.strictEqual(derived.symmetricKey, key);
    const registered = await register('valve-1', key);
    const read = act('registration.get', { registrationId: 'valve-1' });
    assert.strictEqual(read.assignedHub, registered.assignedHub);
    assert.strictEqual(read.status, 'assigned');
    assert.deepStrictEqual(
        items('registration.list', { enrollmentGroupId: 'line:7' }).map((item) => item.registrationId), ['valve-1']);
});

test('a device that berth registers is one that the SDK sees', async () => {
    const registered = act('device.register', { registrationId: 'valve-2', enrollmentGroupId: 'line:7' });
    const read = body(await client.getDeviceRegistrationState('valve-2'));
    assert.strictEqual(read.assignedHub, registered.assignedHub);
    assert.strictEqual(read.status, 'assigned');
});

test('rotated keys are the keys', async () => {
    const before = act('enrollmentGroup.secrets', { enrollmentGroupId: 'line:7' }).symmetricKey;
    act('enrollmentGroup.rotateKeys', { enrollmentGroupId: 'line:7', key: 'swap' });
    const after = body(await client.getEnrollmentGroupAttestationMechanism('line:7')).symmetricKey;
    assert.deepStrictEqual(after, { primaryKey: before.secondaryKey, secondaryKey: before.primaryKey });
});

finish();
