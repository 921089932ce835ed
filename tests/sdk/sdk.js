'use strict';
/* The unmodified Node SDK, pointed at a running emulator, and what every judge needs of it.
 * BERTH_EMULATOR names the emulator's emulator.json; NODE_PATH leads to the packages;
 * NODE_EXTRA_CA_CERTS names the CA. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const https = require('node:https');

const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Http } = require('azure-iot-provisioning-device-http');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');

const emulator = JSON.parse(fs.readFileSync(process.env.BERTH_EMULATOR, 'utf8'));

/* The SDK has no way to name a port: all its connections go through this agent. */
https.globalAgent.options.port = emulator.port;

function policy(name) {
    return emulator.policies.find((p) => p.keyName === name);
}

function clientOf(name, key) {
    return ProvisioningServiceClient.fromConnectionString(
        `HostName=${emulator.hostName};SharedAccessKeyName=${name};SharedAccessKey=${key}`);
}

function clientFor(name) {
    return clientOf(name, policy(name).primaryKey);
}

const client = clientFor('provisioningserviceowner');
function body(answer) {
    return answer.responseBody;
}

/* The promise form of bulk operations never settles: the callback form does. */
function bulk(run, operation) {
    return new Promise((resolve, reject) => {
        run.call(client, operation,
            (error, result) => (error ? reject(error) : resolve(result)));
    });
}

/* All pages. next() without a token would ask for the first page for ever. */
async function all(query) {
    const pages = [];
    do {
        const page = await query.next(query.continuationToken);
        pages.push(body(page));
    } while (query.hasMoreResults);
    return pages;
}

function deviceKey(groupKey, id) {
    return crypto.createHmac('sha256', Buffer.from(groupKey, 'base64')).update(id, 'utf8')
        .digest('base64');
}

function register(id, key, payload) {
    const device = ProvisioningDeviceClient.create(emulator.hostName, emulator.idScope, new Http(),
        new SymmetricKeySecurityClient(id, key));
    if (payload)
        device.setProvisioningPayload(payload);
    return device.register();
}

module.exports = { Http, ProvisioningDeviceClient, emulator, client, policy, clientOf, clientFor, body, bulk, all, deviceKey, register };
