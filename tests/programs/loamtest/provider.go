package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// client is given to all types by Configure: the directory of the objects, and the prefix of labels.
type client struct{ directory, prefix string }

func (c *client) file(id string) string { return filepath.Join(c.directory, id+".json") }

func (c *client) write(id string, content map[string]any) error {
	if err := os.MkdirAll(c.directory, 0o755); err != nil {
		return err
	}
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return os.WriteFile(c.file(id), append(text, '\n'), 0o644)
}

func (c *client) read(id string) (map[string]any, error) {
	text, err := os.ReadFile(c.file(id))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var content map[string]any
	return content, json.Unmarshal(text, &content)
}

func (c *client) note(line string) error {
	if err := os.MkdirAll(c.directory, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(c.directory, "log.txt"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, line)
	return err
}

type loamtest struct{}

func newProvider() provider.Provider { return &loamtest{} }

func (p *loamtest) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "loamtest"
	resp.Version = "1.0.0"
}

func (p *loamtest) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		Description: "Objects that are files.",
		Attributes: map[string]schema.Attribute{
			"directory": schema.StringAttribute{Optional: true, Description: "Where the objects are."},
			"prefix":    schema.StringAttribute{Optional: true, Description: "What labels begin with."},
			"token":     schema.StringAttribute{Optional: true, Sensitive: true, Description: "Not used."},
			"refuse":    schema.BoolAttribute{Optional: true, Description: "Configure fails."},
		},
		Blocks: map[string]schema.Block{
			"endpoint": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{Required: true},
				"url":  schema.StringAttribute{Optional: true},
			}}},
		},
	}
}

type providerModel struct {
	Directory types.String `tfsdk:"directory"`
	Prefix    types.String `tfsdk:"prefix"`
	Token     types.String `tfsdk:"token"`
	Refuse    types.Bool   `tfsdk:"refuse"`
	Endpoint  types.List   `tfsdk:"endpoint"`
}

func (p *loamtest) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	deferUnknown(m, req, resp)
	if m.Refuse.ValueBool() {
		resp.Diagnostics.AddAttributeError(path.Root("refuse"), "Configuration refused", "The provider has to refuse.")
		return
	}
	c := &client{directory: m.Directory.ValueString(), prefix: m.Prefix.ValueString()}
	if c.directory == "" {
		c.directory = "objects"
	}
	resp.ResourceData, resp.DataSourceData, resp.EphemeralResourceData, resp.ActionData, resp.ListResourceData = c, c, c, c, c
}

func (p *loamtest) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &thing{} },
		func() resource.Resource { return &old{} },
		func() resource.Resource { return &versioned{} },
		func() resource.Resource { return &deferred{} },
		func() resource.Resource { return &item{} },
		func() resource.Resource { return &label{} },
	}
}

func (p *loamtest) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		func() list.ListResource { return &item{} },
		func() list.ListResource { return &label{} },
	}
}

func (p *loamtest) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &lookup{} },
		func() datasource.DataSource { return &deferredLookup{} },
	}
}

func (p *loamtest) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		func() ephemeral.EphemeralResource { return &token{} },
		func() ephemeral.EphemeralResource { return &deferredToken{} },
	}
}

func (p *loamtest) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return joinWords{} },
		func() function.Function { return parsePair{} },
		func() function.Function { return boom{} },
		func() function.Function { return describe{} },
	}
}
