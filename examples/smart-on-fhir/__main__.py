"""A HealthLake data store behind SMART on FHIR, encrypted with a key of one's own.

The identity provider can be changed in place, as a whole; the key cannot: a change of it replaces the store.
"""

import json

import pulumi

from provider import HealthLakeDatastore

config = pulumi.Config()
issuer = config.require("issuer")

metadata = {
    "issuer": issuer,
    "authorization_endpoint": f"{issuer}/authorize",
    "token_endpoint": f"{issuer}/token",
    "jwks_uri": f"{issuer}/keys",
    "response_types_supported": ["code", "token"],
    "response_modes_supported": ["query", "fragment", "form_post"],
    "grant_types_supported": ["authorization_code", "client_credentials"],
    "subject_types_supported": ["public"],
    "scopes_supported": ["openid", "launch/patient", "patient/*.read", "offline_access"],
    "capabilities": ["launch-ehr", "sso-openid-connect", "client-public", "permission-v2"],
    "code_challenge_methods_supported": ["S256"],
}

records = HealthLakeDatastore(
    "records",
    datastore_name="records",
    sse_configuration={
        "kms_encryption_config": {
            "cmk_type": "CUSTOMER_MANAGED_KMS_KEY",
            "kms_key_id": config.require("keyArn"),
        }
    },
    identity_provider_configuration={
        "authorization_strategy": "SMART_ON_FHIR",
        "fine_grained_authorization_enabled": True,
        "metadata": json.dumps(metadata),
        "idp_lambda_arn": config.require("tokenFunctionArn"),
    },
    tags={"data": "health records"},
    # A mistake must not cost the data: neither a destroy nor a replacement goes through.
    opts=pulumi.ResourceOptions(protect=config.get_bool("protect")),
)

pulumi.export("endpoint", records.datastore_endpoint)
pulumi.export(
    "strategy", records.identity_provider_configuration.apply(lambda it: it and it["authorization_strategy"])
)
