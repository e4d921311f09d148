"""The server's side of the protocol TDS 7.4, with the strict encryption of TDS 8.0.

Section numbers in docstrings refer to Microsoft's open specification [MS-TDS]. Bottom up: ``buffer`` (fields),
``packets`` (messages in packets), ``tls``, ``login`` (PRELOGIN and LOGIN7), ``handshake`` (the sequence of
these), ``columns`` and ``parameters`` (types and values sent and received), ``requests`` (batch, RPC,
Transaction Manager), ``token_stream`` (responses), ``connection`` (one client), ``server`` (all of them).
This package has no SQL: ``engine.events`` is the contract with the engine.
"""
