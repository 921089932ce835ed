'use strict';
/* Every operation of the SDK against the emulator, success and failure. */
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');

const { emulator, client, policy, clientOf, clientFor, body, bulk, all, deviceKey, register } =
    require('./sdk.js');
const { test, refused, finish } = require('./tap.js');

const symmetric = { type: 'symmetricKey' };

/* --- individual enrollments --- */

const enrollment = {
    registrationId: 'Sdk:1.a_b-c',
    deviceId: 'sdk-1',
    attestation: symmetric,
    provisioningStatus: 'enabled',
    reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
    allocationPolicy: 'hashed',
    capabilities: { iotEdge: true },
    initialTwin: { tags: { env: 'test' }, properties: { desired: { interval: 10 } } },
};
let stored;

test('creates an individual enrollment and shows its keys', async () => {
    stored = body(await client.createOrUpdateIndividualEnrollment(enrollment));
    assert.strictEqual(stored.registrationId, enrollment.registrationId);
    assert.strictEqual(
        Buffer.from(stored.attestation.symmetricKey.primaryKey, 'base64').length, 64);
    assert.deepStrictEqual(stored.initialTwin, enrollment.initialTwin);
    assert.deepStrictEqual(stored.capabilities, enrollment.capabilities);
    assert.match(stored.etag, /^".+"$/);
});

test('reads it without keys', async () => {
    const read = body(await client.getIndividualEnrollment('SDK:1.A_B-C'));
    assert.strictEqual(read.registrationId, enrollment.registrationId);
    assert.strictEqual(read.etag, stored.etag);
    assert.strictEqual(read.attestation.symmetricKey, undefined);
});

test('reads the keys by the attestation mechanism', async () => {
    const mechanism = body(
        await client.getIndividualEnrollmentAttestationMechanism(enrollment.registrationId));
    assert.deepStrictEqual(mechanism.symmetricKey, stored.attestation.symmetricKey);
});

test('creating it again is DeviceAlreadyExistsError', async () => {
    const error = await refused(client.createOrUpdateIndividualEnrollment(enrollment));
    assert.strictEqual(error.name, 'DeviceAlreadyExistsError');
});

test('updates it under its etag, keeping the keys that are given', async () => {
    const changed = { ...stored, provisioningStatus: 'disabled' };
    const updated = body(await client.createOrUpdateIndividualEnrollment(changed));
    assert.strictEqual(updated.provisioningStatus, 'disabled');
    assert.notStrictEqual(updated.etag, stored.etag);
    assert.strictEqual(updated.createdDateTimeUtc, stored.createdDateTimeUtc);
    assert.deepStrictEqual(updated.attestation, stored.attestation);
});

test('an old etag is InvalidEtagError', async () => {
    const error = await refused(client.createOrUpdateIndividualEnrollment(stored));
    assert.strictEqual(error.name, 'InvalidEtagError');
});

test('an update without keys makes new ones', async () => {
    const read = body(await client.getIndividualEnrollment(enrollment.registrationId));
    const updated = body(await client.createOrUpdateIndividualEnrollment(
        { ...read, provisioningStatus: 'enabled', attestation: symmetric }));
    assert.notStrictEqual(updated.attestation.symmetricKey.primaryKey,
        stored.attestation.symmetricKey.primaryKey);
    stored = updated;
});

test('a TPM enrollment keeps its endorsement key', async () => {
    const tpm = { type: 'tpm', tpm: { endorsementKey: 'AToAAQALAAMAsgAgg3GXZ0SE' } };
    await client.createOrUpdateIndividualEnrollment({ registrationId: 'tpm-1', attestation: tpm });
    const read = body(await client.getIndividualEnrollment('tpm-1'));
    assert.deepStrictEqual(read.attestation, tpm);
});

test('a certificate becomes its thumbprints', async () => {
    const pem = fs.readFileSync(emulator.caFile, 'utf8');
    const x509 = new crypto.X509Certificate(pem);
    await client.createOrUpdateIndividualEnrollment({
        registrationId: 'x509-1',
        attestation: { type: 'x509', x509: { clientCertificates: { primary: { certificate: pem } } } },
    });
    const read = body(await client.getIndividualEnrollment('x509-1'));
    const primary = read.attestation.x509.clientCertificates.primary;
    assert.strictEqual(primary.certificate, undefined);
    assert.strictEqual(primary.info.sha256Thumbprint, x509.fingerprint256.replaceAll(':', ''));
    assert.strictEqual(primary.info.sha1Thumbprint, x509.fingerprint.replaceAll(':', ''));
    assert.strictEqual(primary.info.serialNumber, x509.serialNumber);
    assert.strictEqual(primary.info.version, 3);
});

test('a missing enrollment is not found', async () => {
    const error = await refused(client.getIndividualEnrollment('nobody'));
    assert.strictEqual(error.response.statusCode, 404);
    assert.strictEqual(JSON.parse(error.responseBody).errorCode, 404201);
});

test('an id that may not be is an error', async () => {
    const error = await refused(client.createOrUpdateIndividualEnrollment(
        { registrationId: 'a b', attestation: symmetric }));
    assert.strictEqual(error.response.statusCode, 400);
});

/* --- bulk and query --- */

const names = ['bulk-1', 'bulk-2', 'bulk-3', 'bulk-4', 'bulk-5'];
const many = names.map((registrationId) => ({ registrationId, attestation: symmetric }));

test('bulk creates five', async () => {
    const result = await bulk(client.runBulkEnrollmentOperation,
        { mode: 'create', enrollments: many });
    assert.strictEqual(result.isSuccessful, true);
});

test('bulk names the ones that failed', async () => {
    const fresh = { registrationId: 'bulk-6', attestation: symmetric };
    const result = await bulk(client.runBulkEnrollmentOperation,
        { mode: 'create', enrollments: [many[0], fresh] });
    assert.strictEqual(result.isSuccessful, false);
    assert.deepStrictEqual(result.errors.map((e) => e.registrationId), ['bulk-1']);
});

test('a query pages through all', async () => {
    const pages = await all(client.createIndividualEnrollmentQuery({ query: '*' }, 4));
    const ids = pages.flat().map((e) => e.registrationId);
    assert.strictEqual(pages[0].length, 4);
    assert.deepStrictEqual(ids, ['bulk-1', 'bulk-2', 'bulk-3', 'bulk-4', 'bulk-5', 'bulk-6',
        'Sdk:1.a_b-c', 'tpm-1', 'x509-1']);
});

test('an exact number of pages ends without an empty one', async () => {
    const pages = await all(client.createIndividualEnrollmentQuery({ query: '*' }, 3));
    assert.deepStrictEqual(pages.map((p) => p.length), [3, 3, 3]);
});

test('a token that is none is refused', async () => {
    const query = client.createIndividualEnrollmentQuery({ query: '*' }, 3);
    const error = await refused(query.next('dG9rZW4x'));
    assert.strictEqual(error.response.statusCode, 400);
    assert.strictEqual(JSON.parse(error.responseBody).errorCode, 400000);
});

test('bulk deletes', async () => {
    const result = await bulk(client.runBulkEnrollmentOperation,
        { mode: 'delete', enrollments: [...many, { registrationId: 'bulk-6', attestation: symmetric }] });
    assert.strictEqual(result.isSuccessful, true);
    const pages = await all(client.createIndividualEnrollmentQuery({ query: '' }));
    assert.strictEqual(pages.flat().length, 3);
});

test('deletes by id, and under an etag', async () => {
    await client.deleteIndividualEnrollment('tpm-1');
    const x509 = body(await client.getIndividualEnrollment('x509-1'));
    const error = await refused(client.deleteIndividualEnrollment('x509-1', '"old"'));
    assert.strictEqual(error.name, 'InvalidEtagError');
    await client.deleteIndividualEnrollment(x509);
    await refused(client.getIndividualEnrollment('x509-1'));
});

/* --- devices --- */

test('a device registers with its own key', async () => {
    const key = stored.attestation.symmetricKey.primaryKey;
    const result = await register(enrollment.registrationId, key, { model: 'x' });
    assert.strictEqual(result.status, 'assigned');
    assert.strictEqual(result.deviceId, 'sdk-1');
    assert.ok(result.assignedHub);
});

test('and with the secondary one', async () => {
    const key = stored.attestation.symmetricKey.secondaryKey;
    const result = await register(enrollment.registrationId, key);
    assert.strictEqual(result.substatus, 'reprovisionedToInitialAssignment');
});

test('and not with another', async () => {
    const error = await refused(register(enrollment.registrationId, deviceKey('AAAA', 'x')));
    assert.strictEqual(error.name, 'UnauthorizedError');
});

test('the enrollment shows the registration', async () => {
    const read = body(await client.getIndividualEnrollment(enrollment.registrationId));
    assert.strictEqual(read.registrationState.status, 'assigned');
    const state = body(await client.getDeviceRegistrationState(enrollment.registrationId));
    assert.deepStrictEqual(state, read.registrationState);
});

test('a hub that is not linked fails the registration', async () => {
    const made = body(await client.createOrUpdateIndividualEnrollment({
        registrationId: 'pinned', attestation: symmetric, iotHubs: ['nowhere.example.net'] }));
    const error = await refused(register('pinned', made.attestation.symmetricKey.primaryKey));
    assert.strictEqual(error.name, 'ProvisioningRegistrationFailedError');
    const state = body(await client.getDeviceRegistrationState('pinned'));
    assert.strictEqual(state.status, 'failed');
    assert.strictEqual(state.errorCode, 400208);
    await client.deleteIndividualEnrollment('pinned');
});

/* --- groups --- */

const group = { enrollmentGroupId: 'Sdk-Line', attestation: symmetric, provisioningStatus: 'enabled' };
let groupKey;

test('creates a group', async () => {
    const made = body(await client.createOrUpdateEnrollmentGroup(group));
    groupKey = made.attestation.symmetricKey.primaryKey;
    const mechanism = body(await client.getEnrollmentGroupAttestationMechanism('Sdk-Line'));
    assert.strictEqual(mechanism.symmetricKey.primaryKey, groupKey);
});

test('empty keys are generated', async () => {
    const made = body(await client.createOrUpdateEnrollmentGroup({
        enrollmentGroupId: 'empty-keys',
        attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } } }));
    assert.ok(made.attestation.symmetricKey.secondaryKey);
});

test('the SDK\'s other group calls work', async () => {
    const read = body(await client.getEnrollmentGroup('sdk-line'));
    assert.strictEqual(read.enrollmentGroupId, 'Sdk-Line');
    const updated = body(await client.createOrUpdateEnrollmentGroup({
        ...read, attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: groupKey } } }));
    assert.strictEqual(updated.attestation.symmetricKey.primaryKey, groupKey);
    const pages = await all(client.createEnrollmentGroupQuery({ query: '*' }, 1));
    assert.deepStrictEqual(pages.flat().map((g) => g.enrollmentGroupId), ['empty-keys', 'Sdk-Line']);
    await client.deleteEnrollmentGroup('empty-keys');
});

test('devices register with keys derived from the group\'s', async () => {
    for (const id of ['Node-1', 'node-2', 'node-3']) {
        const result = await register(id, deviceKey(groupKey, id));
        assert.strictEqual(result.status, 'assigned');
        assert.strictEqual(result.deviceId, id);
    }
});

test('the group lists its registrations', async () => {
    const pages = await all(
        client.createEnrollmentGroupDeviceRegistrationStateQuery({ query: '*' }, 'Sdk-Line', 2));
    assert.deepStrictEqual(pages.map((p) => p.map((s) => s.registrationId)),
        [['Node-1', 'node-2'], ['node-3']]);
});

test('registrations are deleted by id, and under an etag', async () => {
    await client.deleteDeviceRegistrationState('node-2');
    const state = body(await client.getDeviceRegistrationState('node-3'));
    const error = await refused(client.deleteDeviceRegistrationState('node-3', '"old"'));
    assert.strictEqual(error.name, 'InvalidEtagError');
    await client.deleteDeviceRegistrationState(state);
    const gone = await refused(client.getDeviceRegistrationState('node-3'));
    assert.strictEqual(gone.response.statusCode, 404);
});

test('deleting the group leaves the registration', async () => {
    await client.deleteEnrollmentGroup('Sdk-Line');
    const state = body(await client.getDeviceRegistrationState('node-1'));
    assert.strictEqual(state.registrationId, 'Node-1');
});

/* --- devices with certificates --- */

require('./x509.js');

/* --- rights --- */

test('a key that is wrong is UnauthorizedError', async () => {
    const stranger = clientOf('provisioningserviceowner', policy('actions').primaryKey);
    const error = await refused(stranger.getIndividualEnrollment('x'));
    assert.strictEqual(error.name, 'UnauthorizedError');
});

test('a policy has its rights and no other', async () => {
    const reader = clientFor('enrollmentread');
    await reader.getIndividualEnrollment(enrollment.registrationId);
    assert.strictEqual((await refused(reader.deleteIndividualEnrollment(enrollment.registrationId))).name,
        'UnauthorizedError');
    assert.strictEqual((await refused(reader.getDeviceRegistrationState('node-1'))).name,
        'UnauthorizedError');
});

test('the secondary key of a policy works', async () => {
    const second = clientOf('registrationread', policy('registrationread').secondaryKey);
    const state = body(await second.getDeviceRegistrationState('node-1'));
    assert.strictEqual(state.status, 'assigned');
});

finish().then(() => process.exit(0));
