#!/bin/sh
# A self-signed certificate for development, made once. Your own: put tls.crt and tls.key in the volume before.
set -eu
cd "${CERTIFICATES:?where certificates are kept}"
[ ! -s tls.crt ] || exit 0
command -v openssl >/dev/null || { echo "certificate.sh: this image has no openssl; put tls.crt and tls.key in $CERTIFICATES" >&2; exit 1; }
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj /CN=localhost \
  -addext "subjectAltName=${CERTIFICATE_NAMES:-DNS:localhost,IP:127.0.0.1,IP:::1}" -keyout tls.key -out tls.crt.part 2>/dev/null
mv tls.crt.part tls.crt
echo "certificate.sh: made a self-signed certificate for ${CERTIFICATE_NAMES:-localhost}"
