"""A mail server for tests: HOST PORT FOLDER [--starttls] [--auth] [--refuse] [--refuse-okand]."""
import json
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

host, port, folder, *options = sys.argv[1:]


class Letters:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if "--refuse" in options or "--refuse-okand" in options and address.startswith("okand@"):
            return "550 5.1.1 <%s> unknown" % address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        user = session.auth_data.login.decode() if session.auth_data else ""
        with open(folder + "/letters", "a") as f:
            f.write(json.dumps({
                "TLS": session.ssl is not None, "User": user, "From": envelope.mail_from,
                "To": envelope.rcpt_tos, "Content": envelope.content.decode(),
            }) + "\n")
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    ok = data.login == b"kommunpuls" and data.password == b"losenord"
    return AuthResult(success=ok, auth_data=data if ok else None)


more = {}
if "--starttls" in options:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
    more |= {"tls_context": context, "require_starttls": True}
if "--auth" in options:
    more |= {"auth_required": True, "authenticator": login}
controller = Controller(Letters(), hostname=host, port=int(port), data_size_limit=2_000_000, **more)
controller.start()
print("ready", flush=True)
time.sleep(3600)
