#!/usr/bin/env bash
# Packs what corpus/ has beyond the vectors into found.tar.gz: as few inputs as reach the same code, and no large ones.
set -euo pipefail
cd "$(dirname "$0")"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# The seeds alone.
mkdir "$place/fuzz"
cp -r seed.sh fuzz_targets "$place/fuzz"
ln -s "$PWD/../vectors" "$place/vectors"
"$place/fuzz/seed.sh"

for target in fuzz_targets/*.rs; do
  target=$(basename "$target" .rs)
  seeds=$place/fuzz/corpus/$target
  mkdir -p "$place/found/$target"
  # What is added to the first folder is what the inputs in it do not reach.
  cp -r "$seeds" "$place/both"
  cargo +nightly fuzz run "$target" "$place/both" "corpus/$target" -- -set_cover_merge=1 -use_counters=0 -max_len=24576
  number=0
  for input in "$place/both"/*; do
    if [[ ! -e $seeds/${input##*/} && $(stat -c %s "$input") -le 2048 ]]; then
      number=$((number + 1))
      cp "$input" "$place/found/$target/$(printf %03d $number)"
    fi
  done
  rm -r "$place/both"
done
find "$place/found" -type d -empty -delete
(cd "$place/found" && tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - -- *) |
  gzip -9n >found.tar.gz
