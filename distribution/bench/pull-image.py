#!/usr/bin/env python3
"""Writes an OCI layout with one image, v1, the same bytes each time for one seed. usage: pull-image.py big|many|files DIRECTORY [SEED]"""
import gzip, hashlib, io, json, os, random, sys, tarfile

rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 7)
WORDS = [rng.randbytes(rng.randint(3, 12)) for _ in range(4000)]

def text(size):
    out = bytearray()
    while len(out) < size:
        out += rng.choice(WORDS)
    return bytes(out[:size])

def tar(files):
    buffer, made = io.BytesIO(), set()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as out:
        for name, data in files:
            above = os.path.dirname(name)
            if above not in made:
                made.add(above)
                entry = tarfile.TarInfo(above)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                out.addfile(entry)
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            out.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()

def layers(kind):
    if kind == "big":  # 500 MB, half of which compresses well
        half = text(4 << 20)
        yield tar((f"data/f{i}", half + rng.randbytes(4 << 20)) for i in range(62))
    elif kind == "many":
        for layer in range(40):
            yield tar((f"layer{layer}/f{i}", text(2000)) for i in range(50))
    elif kind == "files":
        yield tar((f"d{i // 100}/f{i}", text(rng.randint(100, 4000))) for i in range(50000))
    else:
        sys.exit(__doc__)

kind, directory = sys.argv[1:3]
os.makedirs(f"{directory}/blobs/sha256")

def blob(media_type, data):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{directory}/blobs/sha256/{digest}", "wb") as out:
        out.write(data)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

oci = "application/vnd.oci.image."
diff_ids, descriptors = [], []
for layer in layers(kind):
    diff_ids.append("sha256:" + hashlib.sha256(layer).hexdigest())
    descriptors.append(blob(oci + "layer.v1.tar+gzip", gzip.compress(layer, 6, mtime=0)))
config = {"os": "linux", "architecture": os.environ.get("GOARCH", "amd64"), "rootfs": {"type": "layers", "diff_ids": diff_ids}}
manifest = {"schemaVersion": 2, "mediaType": oci + "manifest.v1+json", "config": blob(oci + "config.v1+json", json.dumps(config).encode()), "layers": descriptors}
entry = blob(oci + "manifest.v1+json", json.dumps(manifest).encode())
entry["annotations"] = {"org.opencontainers.image.ref.name": "v1"}
for name, document in (("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", {"schemaVersion": 2, "manifests": [entry]})):
    with open(f"{directory}/{name}", "w") as out:
        json.dump(document, out)
