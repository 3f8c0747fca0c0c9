package main

import (
	health "github.com/pulumi-health/aws-health-datastores/sdk/go/awshealthdatastores"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		images, err := health.NewHealthImagingDatastore(ctx, "images",
			&health.HealthImagingDatastoreArgs{
				Tags: pulumi.StringMap{"team": pulumi.String("radiology")},
			})
		if err != nil {
			return err
		}
		records, err := health.NewHealthLakeDatastore(ctx, "records",
			&health.HealthLakeDatastoreArgs{
				Tags: pulumi.StringMap{"team": pulumi.String("clinic")},
			})
		if err != nil {
			return err
		}
		ctx.Export("imagesId", images.DatastoreId)
		ctx.Export("recordsEndpoint", records.DatastoreEndpoint)
		return nil
	})
}
