import { mount } from 'svelte'
import App from './App.svelte'
import { connect } from './lib/client.ts'
import { applyPreferences, readPreferences } from './lib/preferences.ts'
import './styles/app.css'

applyPreferences(readPreferences(localStorage), document)
const target = document.getElementById('app')
if (target !== null) mount(App, { target, props: { door: await connect(window) } })
