#!/bin/bash
# tls.sh FOLDER IP: a certificate authority to throw away (ca.pem) and a certificate for IP and localhost signed by it
# (server.pem, server.key) in FOLDER. Does nothing where they lie there already.
set -euo pipefail
folder=$1 ip=$2
[ ! -e "$folder/server.pem" ] || exit 0
mkdir -p "$folder"
cd "$folder"
elliptic=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
openssl req -x509 "${elliptic[@]}" -days 3650 -subj '/CN=lab authority' -keyout ca.key -out ca.pem 2>ca.log
openssl req "${elliptic[@]}" -subj "/CN=$ip" -keyout server.key -out server.csr 2>>ca.log
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
  -extfile <(echo "subjectAltName=IP:$ip,DNS:localhost") -out signed.pem 2>>ca.log
mv signed.pem server.pem
