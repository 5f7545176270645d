#!/usr/bin/env bash
# Fills corpus/ from ../vectors and from what fuzzing found before, so that it starts from whole manifests, keys and
# sealed values and does not find the same again.
set -euo pipefail
cd "$(dirname "$0")"
vectors=../vectors

# Copies the files of a folder that are small enough to be mutated well.
small() { find "$1" -maxdepth 1 -type f -size -24k -name "$2" -exec cp -t "corpus/$3" {} +; }

# Decodes the base64 of each line into a file of its own.
decode() {
  local number=0 line
  while read -r line; do
    number=$((number + 1))
    base64 -d <<<"$line" >"corpus/$1/$2-$number"
  done
}

# The base64 of a PEM file in one line.
body() { sed '/-----/d' "$1" | tr -d '\n' && echo; }

for target in fuzz_targets/*.rs; do mkdir -p "corpus/$(basename "$target" .rs)"; done

small $vectors/inputs '*' read_secrets
small $vectors/shapes '*.in.*' read_secrets
sed -n 's/^ *"text": "\(.*\)",\{0,1\}$/\1/p' $vectors/yaml11.json | decode read_secrets yaml11
small $vectors/sealed '*' read_sealed_secrets
small $vectors/shapes '*.out.yaml' read_sealed_secrets
small $vectors/shapes '*.out.json' read_sealed_secrets
for file in $vectors/merge/*/before.*; do cp "$file" "corpus/merge/$(basename "$(dirname "$file")")"; done
cp corpus/merge/* corpus/lint/
small $vectors/shapes '*' lint
small $vectors/sealed '*' lint
small $vectors/keys '*.crt' cert
small $vectors/keys '*.pem' private_key
for bits in 2048 3072 4096; do
  body $vectors/keys/$bits.crt | decode cert $bits
  for form in pkcs1 pkcs8; do body $vectors/keys/$bits.$form.pem | decode private_key $bits-$form; done
done
# A value sealed for 2048 bits begins with the length of its RSA block, 256.
sed -n 's/^ *[^ ]*: \(AQ.*\)$/\1/p' $vectors/sealed/2048-cluster-wide.yaml | decode unseal 2048
node -e '
  const fs = require("fs"), crypto = require("crypto");
  for (const file of fs.readdirSync(process.argv[1])) {
    for (const { template } of JSON.parse(fs.readFileSync(`${process.argv[1]}/${file}`))) {
      const name = crypto.createHash("sha1").update(template).digest("hex");
      if (template.length < 2000) fs.writeFileSync(`corpus/template/${name}`, template);
    }
  }' $vectors/templates
cat >corpus/dotenv/all <<'TEXT'
A=1
# c
export B = "x\n$y" # c
C='two
lines'
D=
TEXT
small corpus/read_secrets 'yaml11-*' yaml_emit_round_trip
printf 'yes\x1f0123\x1f<<\x1f--- a\x1f1:30\x1f- \x1f# b\x1fa: \x1f\n x\n\n\x1f\r\n\x1f...\x1f\t' >corpus/yaml_emit_round_trip/odd
[[ ! -e found.tar.gz ]] || tar -xzf found.tar.gz -C corpus
