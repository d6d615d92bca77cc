#!/usr/bin/env bash
# curl and the official Python client against a practice cluster.
# Usage: tests/lab/clients.sh PATH-TO-SEALIFT
set -euo pipefail
sealift="$1"
work="$(mktemp -d)"
"$sealift" lab --listen 127.0.0.1:0 --kibana-listen 127.0.0.1:0 --version 8.19 \
    --user elastic:practice1 --ready-file "$work/ready.json" >"$work/banner.txt" &
lab=$!
trap 'kill "$lab" 2>/dev/null || true; wait "$lab" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    [ -s "$work/ready.json" ] && break
    sleep 0.1
done
url="$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["elasticsearch"])' "$work/ready.json")"

ask() { curl --silent --show-error --fail --user elastic:practice1 "$@"; }
ask "$url/" | grep -q '"tagline":"You Know, for Search"'
ask --request PUT "$url/_ml/filters/safe" --header 'content-type: application/json' \
    --data '{"items":["a.example"]}' | grep -q '"filter_id":"safe"'
printf '{"items":["b.example"]}' | gzip | ask --request PUT "$url/_ml/filters/packed" \
    --header 'content-type: application/json' --header 'content-encoding: gzip' --data-binary @- >/dev/null
ask "$url/_ml/filters?pretty&filter_path=count" | grep -q '"count" : 2'
[ "$(curl --silent --output /dev/null --write-out '%{http_code}' "$url/")" = 401 ]

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'elasticsearch==8.*'
"$work/venv/bin/python" - "$url" <<'PYTHON'
import sys
from elasticsearch import Elasticsearch, NotFoundError, BadRequestError

client = Elasticsearch(sys.argv[1], basic_auth=("elastic", "practice1"))
assert client.info()["version"]["number"].startswith("8.19.")
assert client.license.get()["license"]["type"] == "trial"
assert client.security.has_privileges(cluster=["manage_ml"])["has_all_requested"]
client.put_script(id="s1", script={"lang": "painless", "source": "ctx.x = 1"})
assert client.get_script(id="s1")["found"]
client.ingest.put_pipeline(id="p1", processors=[{"set": {"field": "a", "value": 1}}])
assert "p1" in client.ingest.get_pipeline(id="p1")
job = {"bucket_span": "15m", "detectors": [{"function": "count"}]}
client.ml.put_job(job_id="j1", analysis_config=job, data_description={"time_field": "@timestamp"})
client.ml.put_datafeed(datafeed_id="d1", job_id="j1", indices=["logs-*"])
assert client.ml.open_job(job_id="j1")["opened"]
assert client.ml.get_job_stats(job_id="j1")["jobs"][0]["state"] == "opened"
client.ml.close_job(job_id="j1")
client.ml.delete_datafeed(datafeed_id="d1")
client.ml.delete_job(job_id="j1")
client.index(index="logs-1", id="1", document={"a": {"b": 1}})
assert client.count(index="logs-1", query={"exists": {"field": "a.b"}})["count"] == 1
for call, error in [
    (lambda: client.ml.get_trained_models(model_id="none"), NotFoundError),
    (lambda: client.ml.put_filter(filter_id="Bad", items=[]), BadRequestError),
]:
    try:
        call()
        raise SystemExit(f"{error.__name__} was expected")
    except error:
        pass
print("the Python client agrees")
PYTHON
