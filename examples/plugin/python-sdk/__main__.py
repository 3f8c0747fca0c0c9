"""The smallest stack with the SDK that `pulumi package add` generates for Python."""

import pulumi
import pulumi_health_aws_health_datastores as health

images = health.HealthImagingDatastore("images", tags={"team": "radiology"})
records = health.HealthLakeDatastore("records", tags={"team": "clinic"})

pulumi.export("imagesId", images.datastore_id)
pulumi.export("recordsEndpoint", records.datastore_endpoint)
