# Where Microsoft's packages are: source it after tap.sh. Skips all tests when Node.js or a
# package of package.json is missing; nothing is installed. Sets `modules`.
here=$BERTH_SRCDIR/tests/sdk
modules=${BERTH_NODE_MODULES:-$here/node_modules}
needs node
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || skip_all "node is older than 20"
for package in $(sed -n 's/^    "\(azure-iot-[a-z0-9-]*\)": .*/\1/p' "$here/package.json"); do
    # without it the cases with certificates alone are skipped
    [ "$package" = azure-iot-security-x509 ] || [ -d "$modules/$package" ] ||
        skip_all "$package is not in $modules; npm install --prefix tests/sdk gets it"
done
