'use strict';
/* Test Anything Protocol: test(name, async () => ...) in order; finish() prints the plan. */
const assert = require('node:assert');

const cases = [];

function test(name, body) {
    cases.push({ name, body });
}

/* One that cannot be played here, and why. */
function skip(name, reason) {
    cases.push({ name, reason });
}

/* The error of a call that must fail, or a failure of the test. */
async function refused(promise) {
    let value;
    try {
        value = await promise;
    } catch (error) {
        return error;
    }
    assert.fail(`it was not refused but gave ${JSON.stringify(value)}`);
}

function limited(promise, name) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${name}: no answer in 30 s`)), 30000);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function finish() {
    let number = 0;
    console.log(`1..${cases.length}`);
    for (const { name, body, reason } of cases) {
        number++;
        if (!body) {
            console.log(`ok ${number} - ${name} # SKIP ${reason}`);
            continue;
        }
        try {
            await limited(body(), name);
            console.log(`ok ${number} - ${name}`);
        } catch (error) {
            console.log(`not ok ${number} - ${name}`);
            console.log(String(error.stack || error).replace(/^/gm, '# '));
        }
    }
}

module.exports = { test, skip, refused, finish };
