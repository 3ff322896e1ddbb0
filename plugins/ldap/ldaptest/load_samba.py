# Loads an LDIF file into a Samba database that is not running, in one
# transaction, with the attributes that a domain controller would not let
# anybody set; then gives passwords and settles the domain's rules.
# usage: load_samba.py SMB_CONF SAM_LDB LDIF PASSWORD LOGIN...
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

conf, sam, ldif, password = sys.argv[1:5]
logins = sys.argv[5:]
lp = LoadParm()
lp.load(conf)
db = SamDB(url=sam, session_info=system_session(), lp=lp)
base = str(db.domain_dn())
relax = ["relax:0", "local_oid:1.3.6.1.4.1.7165.4.3.12:0"]


def replace(dn, **values):
    m = ldb.Message(ldb.Dn(db, dn))
    for name, value in values.items():
        m[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    db.modify(m, controls=["relax:0"])


db.transaction_start()
replace(base, pwdProperties="0", minPwdLength="4", minPwdAge="0", lockoutThreshold="5", pwdHistoryLength="0")
for change, m in db.parse_ldif(open(ldif, encoding="utf-8").read()):
    if change == ldb.CHANGETYPE_MODIFY:
        db.modify(m)
        continue
    later = {n: [str(v) for v in m[n]] for n in ("whenCreated", "lockoutTime") if n in m}
    for n in later:
        m.remove(n)
    db.add(m, controls=relax)
    if later:
        replace(str(m.dn), **later)
for login in logins:
    found = db.search(base, expression="(sAMAccountName=%s)" % login, attrs=["userAccountControl"])[0]
    db.setpassword("(sAMAccountName=%s)" % login, password)
    if int(str(found["userAccountControl"])) & 2:  # setpassword enabled it
        replace(str(found.dn), userAccountControl=str(found["userAccountControl"]))
dc = str(db.search(base, expression="(sAMAccountName=DC1$)", attrs=["1.1"])[0].dn)
m = ldb.Message(ldb.Dn(db, dc))
m["servicePrincipalName"] = ldb.MessageElement(["ldap/dc1.kommun.test", "ldap/localhost"], ldb.FLAG_MOD_ADD, "servicePrincipalName")
db.modify(m)
db.transaction_commit()
