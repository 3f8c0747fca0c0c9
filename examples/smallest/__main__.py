"""The smallest stack: both data stores, everything else left to AWS."""

import pulumi

from provider import HealthImagingDatastore, HealthLakeDatastore

images = HealthImagingDatastore("images")
records = HealthLakeDatastore("records")

pulumi.export("imagesId", images.datastore_id)
pulumi.export("recordsEndpoint", records.datastore_endpoint)
