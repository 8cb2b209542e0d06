use kernel::{Example, Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::{What, called};

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/missing-field",
    severity: Severity::Error,
    doc: "A field that the specification requires is not there.

Readers rely on it: a Response Object without `description`, a parameter without `schema` \
or `content`, a file without `info`. Validators refuse the file, and generators fail or guess.

Fix: write the field.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {parameters: {A: {name: a, in: query}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: array}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {securitySchemes: {A: {type: apiKey, name: a}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {post: {parameters: [{name: a, in: body}], responses: {'200': {description: ok}}}}}
",
        ),
    ],
    good: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {parameters: {A: {name: a, in: query, content: {a/b: {}}}}, schemas: {A: {type: array, items: {}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: array}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.2.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
swagger: '2.0'
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::MissingField => {
            let object = called(fault.object);
            Some((
                format!("{object} lacks '{}'", fault.field),
                "required here".to_owned(),
                format!("write '{}'", fault.field),
            ))
        }
        _ => None,
    })
}
