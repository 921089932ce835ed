'use strict';
/* Devices that prove who they are by a client certificate, with the SDK's own X509Security.
 * BERTH_CERTIFICATES names the folder of the certificates that run.sh makes. */
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');

const { Http, ProvisioningDeviceClient, emulator, client, body } = require('./sdk.js');
const { test, skip, refused } = require('./tap.js');

const folder = process.env.BERTH_CERTIFICATES;

function security() {
    try {
        return require('azure-iot-security-x509').X509Security;
    } catch {
        return null;
    }
}

function pem(name) {
    return fs.readFileSync(`${folder}/${name}.pem`, 'utf8');
}

function thumbprint(name) {
    return new crypto.X509Certificate(pem(name)).fingerprint256.replaceAll(':', '');
}

const X509Security = security();

function register(id, name) {
    const identity = new X509Security(id, { cert: pem(name), key: pem(`${name}-key`) });
    return ProvisioningDeviceClient.create(emulator.hostName, emulator.idScope, new Http(), identity)
        .register();
}

function play(name, run) {
    if (!X509Security)
        skip(name, 'azure-iot-security-x509 is not installed');
    else if (!fs.existsSync(`${folder}/chain.pem`))
        skip(name, 'openssl made no certificates');
    else
        test(name, run);
}

play('a device registers with the certificate of its enrollment', async () => {
    await client.createOrUpdateIndividualEnrollment({
        registrationId: 'self-1', deviceId: 'by-thumbprint',
        attestation: { type: 'x509', x509: { clientCertificates: { primary: { certificate: pem('self') } } } },
    });
    const result = await register('self-1', 'self');
    assert.strictEqual(result.status, 'assigned');
    assert.strictEqual(result.deviceId, 'by-thumbprint');
    assert.strictEqual(result.x509.certificateInfo.sha256Thumbprint, thumbprint('self'));
});

play('and with no other', async () => {
    const error = await refused(register('self-1', 'foreign'));
    assert.strictEqual(error.name, 'UnauthorizedError');
});

play('a device registers with a certificate that its group\'s has signed', async () => {
    await client.createOrUpdateEnrollmentGroup({
        enrollmentGroupId: 'x509-line',
        attestation: { type: 'x509', x509: { signingCertificates: { primary: { certificate: pem('root') } } } },
    });
    const result = await register('Chain-1', 'chain');
    assert.strictEqual(result.status, 'assigned');
    assert.strictEqual(result.x509.enrollmentGroupId, 'x509-line');
    assert.strictEqual(result.x509.signingCertificateInfo.sha256Thumbprint, thumbprint('root'));
    const state = body(await client.getDeviceRegistrationState('chain-1'));
    assert.strictEqual(state.status, 'assigned');
});

play('also by one between', async () => {
    const read = body(await client.getEnrollmentGroup('x509-line'));
    await client.createOrUpdateEnrollmentGroup({
        ...read,
        attestation: { type: 'x509', x509: { signingCertificates: { primary: { certificate: pem('between') } } } },
    });
    const result = await register('Chain-1', 'chain');
    assert.strictEqual(result.substatus, 'reprovisionedToInitialAssignment');
});

play('a certificate of another authority is refused', async () => {
    const error = await refused(register('Chain-2', 'foreign'));
    assert.strictEqual(error.name, 'UnauthorizedError');
});

play('and so is one that names another device', async () => {
    const error = await refused(register('Chain-9', 'chain'));
    assert.strictEqual(error.name, 'UnauthorizedError');
    await client.deleteEnrollmentGroup('x509-line');
    await client.deleteIndividualEnrollment('self-1');
});
