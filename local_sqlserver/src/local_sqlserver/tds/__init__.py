"""The TDS 7.4 protocol (and TDS 8.0's strict encryption): what a client sends, what a server answers.

Section numbers in docstrings are those of Microsoft's open specification [MS-TDS]. Bottom up: ``buffer``
(reading and writing fields), ``packets`` (messages in packets), ``tls``, ``login`` (PRELOGIN and LOGIN7),
``handshake`` (how these three follow each other), ``columns`` and ``parameters`` (types and values going out
and coming in), ``requests`` (batch, RPC, Transaction Manager), ``tokens`` (the answer), ``connection`` (one
client), ``server`` (all of them). There is no SQL in here: ``engine.events`` is the contract.
"""
