import * as health from "@pulumi-health/aws-health-datastores";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const issuer = config.require("issuer");

const oregon = new health.Provider("oregon", {
    region: "us-west-2",
    defaultTags: { tags: { stack: pulumi.getStack() } },
});

const records = new health.HealthLakeDatastore("records", {
    sseConfiguration: {
        kmsEncryptionConfig: {
            cmkType: "CUSTOMER_MANAGED_KMS_KEY",
            kmsKeyId: config.require("keyArn"),
        },
    },
    identityProviderConfiguration: {
        authorizationStrategy: "SMART_ON_FHIR",
        fineGrainedAuthorizationEnabled: true,
        idpLambdaArn: config.require("tokenFunctionArn"),
        metadata: JSON.stringify({
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/jwks`,
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code"],
            subject_types_supported: ["public"],
            scopes_supported: ["openid", "fhirUser", "launch/patient", "patient/*.read"],
            code_challenge_methods_supported: ["S256"],
            capabilities: ["launch-standalone", "client-public", "permission-patient"],
        }),
    },
}, { provider: oregon, protect: true });

export const endpoint = records.datastoreEndpoint;
