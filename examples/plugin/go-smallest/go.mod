module go-smallest

go 1.23

require (
	github.com/pulumi-health/aws-health-datastores/sdk/go/healthdatastores v0.1.0
	github.com/pulumi/pulumi/sdk/v3 v3.142.0
)

replace github.com/pulumi-health/aws-health-datastores/sdk/go/healthdatastores => ./sdks/go
