use kernel::{Example, Finding, Severity};

use super::{Offence, of_faults};
use crate::inspect::Inspected;
use crate::structure::What;

pub(crate) const OFFENCE: Offence = Offence {
    id: "openapi-gate/wrong-value",
    severity: Severity::Error,
    doc: "A field holds a value that the specification does not allow there.

`in: body` in OpenAPI 3, `type: float`, a negative `minLength`, an empty `required`: readers \
refuse the file or guess.

Fix: write one of the values that the message names.",
    bad: &[
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: float}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: [string, nul]}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {parameters: {A: {name: a, in: body, schema: {}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: string, minLength: -1}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.0.3
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: object, required: []}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {required: [b, b]}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {parameters: {A: {name: a, in: query, content: {a/b: {}, a/c: {}}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.2.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {pathItems: {A: {additionalOperations: {POST: {}}}}}
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
components: {schemas: {A: {type: number, required: [b]}}, parameters: {A: {name: a, in: cookie, style: form, schema: {}}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.1.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {schemas: {A: {type: [string, 'null'], required: []}}}
",
        ),
        Example::new(
            "-- @options --
api = [{ name = 'a', spec = 'a.yaml' }]
-- a.yaml --
openapi: 3.2.0
info: {title: a, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok}}}}}
components: {pathItems: {A: {additionalOperations: {LINK: {}}}}}
",
        ),
    ],
    judge,
};

fn judge(inspected: &Inspected<'_>) -> Vec<Finding> {
    of_faults(inspected, OFFENCE.id, |fault| match &fault.what {
        What::WrongValue { found, expected } => Some((
            format!("'{}' cannot be '{found}'", fault.field),
            format!("expected {expected}"),
            format!("write {expected}"),
        )),
        What::Double { found } => Some((
            format!("'{found}' is in '{}' already", fault.field),
            "each may be there once".to_owned(),
            "take one of the two out".to_owned(),
        )),
        _ => None,
    })
}
